import { resolve } from 'node:path'
import type * as DuckDB from '@duckdb/node-api'
import { SaliencyError } from '@saliency/core'
import { quoted, readStudy } from '@saliency/study/node'
import Table from 'cli-table3'
import { objectsOf, type Reader, type Value, valuesOf, withRows } from '@saliency/toolkit/steps'
import { exitCodes } from '../exit-codes.ts'
import { prepareFile, replaceDatabase } from './query-database.ts'
import type { Terminal } from './terminal.ts'

function show(value: Value | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)))
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A result as JSON, one object a row, or as a table. */
export function resultText(reader: Reader, duckdb: typeof DuckDB, isJson: boolean): string {
  if (isJson) return JSON.stringify(objectsOf(reader, duckdb))
  const table = new Table({
    head: reader.deduplicatedColumnNames(),
    style: { head: [], border: [], compact: true },
  })
  for (const row of valuesOf(reader, duckdb)) table.push(row.map(show))
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

/** Asks, and writes and prints what was asked for. */
function answer(query: Query, terminal: Terminal, database?: string): Promise<void> {
  const { folder, sql, csv, parquet, json = false, allowFiles = false } = query
  const request = {
    folder,
    allowFiles,
    named: [csv, parquet].flatMap((file) => file ?? []),
    ...(database !== undefined && { database }),
  }
  // Not before DuckDB is loaded: once Node has looked at a pipe (`--csv /dev/stdout`), it may find no more modules.
  const prepare = () => {
    if (csv !== undefined) prepareFile('--csv', csv)
    if (parquet !== undefined) prepareFile('--parquet', parquet)
  }
  const ask = async (connection: DuckDB.DuckDBConnection, duckdb: typeof DuckDB) => {
    const asked = sql ?? 'select * from rows'
    await writeFiles(connection, asked, query)
    const isPrinted = json || (sql !== undefined && csv === undefined && parquet === undefined)
    if (isPrinted) terminal.out(resultText(await connection.runAndReadAll(asked), duckdb, json))
  }
  return withRows(request, ask, prepare)
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
