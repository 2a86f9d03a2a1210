import { basename, dirname, join, resolve } from 'node:path'
import type * as DuckDB from '@duckdb/node-api'
import { messageOf, SaliencyError } from '@saliency/core'
import { quoted, readStudy, rowsOf } from '@saliency/study/node'
import Table from 'cli-table3'
import { exitCodes } from '../errors.ts'
import { prepareFile, replaceDatabase } from './query-database.ts'
import type { Terminal } from './terminal.ts'

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

/** Flags of `saliency query`. */
export interface QueryFlags {
  readonly json?: boolean
  readonly csv?: string
  readonly parquet?: string
  readonly database?: string
  readonly allowFiles?: boolean
}

interface Query extends QueryFlags {
  readonly folder: string
  /** Without it, files get all rows. */
  readonly sql?: string
}

/** Writes a query's result into the files that were asked for. */
async function writeFiles(
  connection: DuckDB.DuckDBConnection,
  sql: string,
  { csv, parquet }: Query,
): Promise<void> {
  const wanted = [
    ['csv, header', csv],
    ['parquet', parquet],
  ] as const
  for (const [format, file] of wanted) {
    if (file === undefined) continue
    // The line's end closes a comment that the SQL may end with.
    const result = `${sql.replace(/;\s*$/, '')}\n`
    await connection.run(`copy (${result}) to ${quoted(resolve(file))} (format ${format})`)
  }
}

/**
 * Shuts a connection off from every file but those that the command line names: SQL that was copied from somewhere reads
 * rows, and nothing else. DuckDB writes over a file that exists by way of a temporary one beside it.
 */
async function closeFiles(connection: DuckDB.DuckDBConnection, { csv, parquet }: Query): Promise<void> {
  const named = [csv, parquet].flatMap((file) => (file === undefined ? [] : [resolve(file)]))
  const paths = named.flatMap((file) => [file, join(dirname(file), `tmp_${basename(file)}`)])
  await connection.run(`set allowed_paths = [${paths.map(quoted).join(', ')}]`)
  await connection.run('set enable_external_access = false')
  await connection.run('set lock_configuration = true')
}

/** What DuckDB says of files that it may not touch. */
const CLOSED = /disabled by configuration|disabled through configuration/

function refusal(cause: unknown): SaliencyError {
  const advice = CLOSED.test(messageOf(cause))
    ? ' SQL reads the rows of the run and no file; --allow-files lets it read and write files.'
    : ''
  return new SaliencyError('INVALID_INPUT', `DuckDB: ${messageOf(cause)}${advice}`, { cause })
}

/** Puts the rows at hand and answers; where files are open to the SQL, the rows are a view of them, else a table. */
async function answer(query: Query, terminal: Terminal, database?: string): Promise<void> {
  const { folder, sql, csv, parquet, json = false } = query
  const rows = rowsOf(folder)
  // Loaded only here: DuckDB is large, and must stay on the main thread.
  const duckdb = await import('@duckdb/node-api')
  // Not before: once Node has looked at a pipe (`--csv /dev/stdout`), it may find no more modules.
  if (csv !== undefined) prepareFile('--csv', csv)
  if (parquet !== undefined) prepareFile('--parquet', parquet)
  try {
    const instance = await duckdb.DuckDBInstance.create(database ?? ':memory:')
    const connection = await instance.connect()
    try {
      const kind = database === undefined && query.allowFiles ? 'view' : 'table'
      await connection.run(`create ${kind} rows as ${rows}`)
      if (!query.allowFiles) await closeFiles(connection, query)
      const asked = sql ?? 'select * from rows'
      await writeFiles(connection, asked, query)
      const isPrinted = json || (sql !== undefined && csv === undefined && parquet === undefined)
      if (isPrinted) terminal.out(resultText(await connection.runAndReadAll(asked), duckdb, json))
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  } catch (cause) {
    throw refusal(cause)
  }
}

/**
 * `saliency query RUN "SQL"`: DuckDB over the unit files; nothing is stored but what is asked for.
 * @throws INVALID_INPUT if nothing is asked for, or DuckDB refuses the SQL; INVALID_RUN if there are no rows; FILE if
 * a file cannot be written or must not be replaced.
 */
export async function queryCommand(
  folder: string,
  sql: string | undefined,
  flags: QueryFlags,
  terminal: Terminal,
): Promise<number> {
  readStudy(folder)
  const { csv, parquet, database, json = false } = flags
  if (sql === undefined && !json && (csv ?? parquet ?? database) === undefined) {
    throw new SaliencyError(
      'INVALID_INPUT',
      'Nothing to do: give SQL, for instance "select variant, metric, avg(value) from rows group by all", or --json, --csv, --parquet or --database for all rows.',
    )
  }
  const query: Query = { ...flags, folder, ...(sql !== undefined && { sql }) }
  if (database === undefined) await answer(query, terminal)
  else await replaceDatabase(resolve(database), (temporary) => answer(query, terminal, temporary))
  return exitCodes.ok
}
