import type * as DuckDB from '@duckdb/node-api'
import Table from 'cli-table3'

type Reader = Awaited<ReturnType<DuckDB.DuckDBConnection['runAndReadAll']>>

/** Values as JSON has them; DuckDB's own way writes counts as texts. */
export type Value = DuckDB.Json

/** Digits that a JSON number holds whatever they are. */
const EXACT_DIGITS = 15

/** Rows of JSON values; a number stays a text only where a JSON number would not be the same. */
function valuesOf(
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

function show(value: Value | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)))
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A result as JSON, one object a row, or as a table. */
export function resultText(reader: Reader, duckdb: typeof DuckDB, isJson: boolean): string {
  const names = reader.deduplicatedColumnNames()
  const rows = valuesOf(reader, duckdb)
  if (isJson)
    return JSON.stringify(rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]]))))
  const table = new Table({ head: names, style: { head: [], border: [], compact: true } })
  for (const row of rows) table.push(row.map(show))
  return table.toString()
}
