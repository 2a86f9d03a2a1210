import { basename, dirname, join, resolve } from 'node:path'
import type * as DuckDB from '@duckdb/node-api'
import { messageOf, SaliencyError } from '@saliency/core'
import { quoted, rowsOf } from '@saliency/study/node'

/** What SQL is asked of, and what it may touch. */
export interface RowsRequest {
  readonly folder: string
  /** Files that may be written although all others are closed. */
  readonly named?: readonly string[]
  /** Lets the SQL read and write files. */
  readonly allowFiles?: boolean
  /** A database file that gets the rows; memory by default. */
  readonly database?: string
}

/**
 * Shuts a connection off from every file but those that are named: SQL that was copied from somewhere reads rows, and nothing
 * else. DuckDB writes over a file that exists by way of a temporary one beside it.
 */
async function closeFiles(connection: DuckDB.DuckDBConnection, named: readonly string[]): Promise<void> {
  const paths = named
    .map((file) => resolve(file))
    .flatMap((file) => [file, join(dirname(file), `tmp_${basename(file)}`)])
  await connection.run(`set allowed_paths = [${paths.map(quoted).join(', ')}]`)
  await connection.run('set enable_external_access = false')
  await connection.run('set lock_configuration = true')
}

/** What DuckDB says of files that it may not touch. */
const CLOSED = /disabled by configuration|disabled through configuration/

/** What DuckDB says in one line: below it, it shows the SQL again. */
const firstOf = (message: string) => message.replace(/\s*\bLINE \d+:.*$/s, '').replaceAll(/\s*\n\s*/g, ' ')

function refusal(cause: unknown): SaliencyError {
  const advice = CLOSED.test(messageOf(cause))
    ? '. SQL reads the rows of the run and no file; --allow-files (allowFiles in a program) lets it read and write files.'
    : ''
  return new SaliencyError('INVALID_INPUT', `DuckDB: ${firstOf(messageOf(cause))}${advice}`, { cause })
}

/**
 * Puts a run's rows at hand as the table `rows`; where files are open to the SQL, they are a view of the files.
 * @param prepare what has to be done once DuckDB is loaded, and before it opens anything
 * @throws INVALID_RUN if there are no rows; INVALID_INPUT if DuckDB refuses
 */
export async function withRows<T>(
  { folder, named = [], allowFiles = false, database }: RowsRequest,
  ask: (connection: DuckDB.DuckDBConnection, duckdb: typeof DuckDB) => Promise<T>,
  prepare: () => void = () => undefined,
): Promise<T> {
  const rows = rowsOf(folder)
  // Loaded only here: DuckDB is large, and must stay on the main thread.
  const duckdb = await import('@duckdb/node-api')
  prepare()
  try {
    const instance = await duckdb.DuckDBInstance.create(database ?? ':memory:')
    const connection = await instance.connect()
    try {
      const kind = database === undefined && allowFiles ? 'view' : 'table'
      await connection.run(`create ${kind} rows as ${rows}`)
      if (!allowFiles) await closeFiles(connection, named)
      return await ask(connection, duckdb)
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  } catch (cause) {
    throw refusal(cause)
  }
}
