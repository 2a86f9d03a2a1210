import { existsSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { DuckDBInstance } from '@duckdb/node-api'
import { SaliencyError } from '@saliency/core'
import Table from 'cli-table3'
import { exitCodes, messageOf } from '../errors.ts'
import { readStudy } from '../study/run-folder.ts'
import type { Terminal } from './terminal.ts'

/** Flags of `saliency query`. */
export interface QueryFlags {
  readonly json?: boolean
  readonly csv?: string
  readonly parquet?: string
  readonly database?: string
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

/** Rows as they are, and the protocol's fields at hand: `protocol->>'draw'`. Every unit once, whatever the order. */
function view(folder: string): string {
  const files = quoted(join(folder, 'units', '*.parquet'))
  return `select distinct on (run, model, "check", variant, condition, image, other, metric, protocol) * replace (protocol::json as protocol) from read_parquet(${files})`
}

function show(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(6)))
  return value === null || value === undefined ? '' : String(value)
}

type Connection = Awaited<ReturnType<InstanceType<typeof DuckDBInstance>['connect']>>

/** Writes a query's result, or all rows, into the files that were asked for. */
async function writeFiles(connection: Connection, sql: string, { csv, parquet }: QueryFlags): Promise<void> {
  const wanted = [
    ['csv, header', csv],
    ['parquet', parquet],
  ] as const
  for (const [format, file] of wanted) {
    if (file === undefined) continue
    const result = sql.replace(/;\s*$/, '')
    await connection.run(`copy (${result}) to ${quoted(resolve(file))} (format ${format})`)
  }
}

async function printResult(
  connection: Connection,
  sql: string,
  isJson: boolean,
  terminal: Terminal,
): Promise<void> {
  const reader = await connection.runAndReadAll(sql)
  const names = reader.columnNames()
  const rows = reader.getRowsJson()
  if (isJson) {
    const records = rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])))
    return terminal.out(JSON.stringify(records))
  }
  const table = new Table({ head: names, style: { head: [], border: [], compact: true } })
  for (const row of rows) table.push(row.map(show))
  terminal.out(table.toString())
}

/** `saliency query RUN "SQL"`: DuckDB over the unit files; nothing is stored but what is asked for. */
export async function queryCommand(
  folder: string,
  sql: string | undefined,
  flags: QueryFlags,
  terminal: Terminal,
): Promise<number> {
  readStudy(folder)
  const { csv, parquet, database } = flags
  const wantsFile = (csv ?? parquet ?? database) !== undefined
  if (sql === undefined && !wantsFile) {
    throw new SaliencyError(
      'INVALID_INPUT',
      'Nothing to do: give SQL, for instance "select variant, metric, avg(value) from rows group by all", or --csv, --parquet or --database.',
    )
  }
  if (database !== undefined && existsSync(database)) rmSync(database)
  // Loaded only here: DuckDB is large, and must stay on the main thread.
  const duckdb = await import('@duckdb/node-api')
  const instance = await duckdb.DuckDBInstance.create(database === undefined ? ':memory:' : resolve(database))
  const connection = await instance.connect()
  try {
    await connection.run(
      `create ${database === undefined ? 'view' : 'table'} rows as ${view(resolve(folder))}`,
    )
    await writeFiles(connection, sql ?? 'select * from rows', flags)
    if (sql !== undefined && !wantsFile) await printResult(connection, sql, flags.json === true, terminal)
    return exitCodes.ok
  } catch (cause) {
    throw new SaliencyError('INVALID_INPUT', `DuckDB: ${messageOf(cause)}`, { cause })
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
