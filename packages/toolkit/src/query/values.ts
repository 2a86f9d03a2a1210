import type * as DuckDB from '@duckdb/node-api'

/** What DuckDB answers with. */
export type Reader = Awaited<ReturnType<DuckDB.DuckDBConnection['runAndReadAll']>>

/** Values as JSON has them; DuckDB's own way writes counts as texts. */
export type Value = DuckDB.Json

/** Digits that a JSON number holds whatever they are. */
const EXACT_DIGITS = 15

/** Rows of JSON values; a number stays a text only where a JSON number would not be the same. */
export function valuesOf(
  reader: Reader,
  { DuckDBTypeId, JsonDuckDBValueConverter }: typeof DuckDB,
): (Value | null)[][] {
  const whole = new Set([
    DuckDBTypeId.BIGINT,
    DuckDBTypeId.UBIGINT,
    DuckDBTypeId.HUGEINT,
    DuckDBTypeId.UHUGEINT,
  ])
  return reader.convertRows<Value>((value, type, convert) => {
    if (value !== null && whole.has(type.typeId)) {
      const number = Number(value)
      if (Number.isSafeInteger(number)) return number
    }
    if (value !== null && type.typeId === DuckDBTypeId.DECIMAL) {
      if ((type as DuckDB.DuckDBDecimalType).width <= EXACT_DIGITS) return Number(value.toString())
    }
    return JsonDuckDBValueConverter(value, type, convert)
  })
}

/** One object a row, by the names of the columns. */
export function objectsOf(reader: Reader, duckdb: typeof DuckDB): Readonly<Record<string, Value | null>>[] {
  const names = reader.deduplicatedColumnNames()
  return valuesOf(reader, duckdb).map((row) =>
    Object.fromEntries(names.map((name, at) => [name, row[at] ?? null])),
  )
}
