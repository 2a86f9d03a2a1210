import { existsSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
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

/** `saliency query RUN "SQL"`: DuckDB over the unit files; nothing is stored but what is asked for. */
export async function queryCommand(
  folder: string,
  sql: string | undefined,
  flags: QueryFlags,
  terminal: Terminal,
): Promise<number> {
  readStudy(folder)
  const wantsFile = flags.csv ?? flags.parquet ?? flags.database
  if (sql === undefined && wantsFile === undefined) {
    throw new SaliencyError(
      'INVALID_INPUT',
      'Nothing to do: give SQL, for instance "select variant, metric, avg(value) from rows group by all", or --csv, --parquet or --database.',
    )
  }
  const { DuckDBInstance } = await import('@duckdb/node-api')
  if (flags.database !== undefined && existsSync(flags.database)) rmSync(flags.database)
  const instance = await DuckDBInstance.create(
    flags.database === undefined ? ':memory:' : resolve(flags.database),
  )
  const connection = await instance.connect()
  try {
    const kind = flags.database === undefined ? 'view' : 'table'
    await connection.run(`create ${kind} rows as ${view(resolve(folder))}`)
    const result = sql ?? 'select * from rows'
    for (const [format, file] of [
      ['csv, header', flags.csv],
      ['parquet', flags.parquet],
    ] as const) {
      if (file === undefined) continue
      await connection.run(
        `copy (${result.replace(/;\s*$/, '')}) to ${quoted(resolve(file))} (format ${format})`,
      )
    }
    if (sql !== undefined && wantsFile === undefined) {
      const reader = await connection.runAndReadAll(sql)
      const names = reader.columnNames()
      const rows = reader.getRowsJson()
      if (flags.json)
        terminal.out(
          JSON.stringify(rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])))),
        )
      else {
        const table = new Table({ head: names, style: { head: [], border: [], compact: true } })
        for (const row of rows) table.push(row.map(show))
        terminal.out(table.toString())
      }
    }
    return exitCodes.ok
  } catch (error) {
    throw new SaliencyError('INVALID_INPUT', `DuckDB: ${messageOf(error)}`, { cause: error })
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
