import { readStudy } from '@saliency/study/node'
import { withRows } from './open-rows.ts'
import { objectsOf, type Value } from './values.ts'

/** What SQL may touch. */
export interface QuerySettings {
  /** Lets the SQL read and write files; without it, it sees the rows alone. */
  readonly allowFiles?: boolean
}

/**
 * Asks a run in SQL, by DuckDB: the table `rows` holds one line for each similarity.
 * @returns one object a row
 * @throws INVALID_RUN if the folder holds no run, or no rows; INVALID_INPUT if DuckDB refuses the SQL
 */
export async function queryRun(
  folder: string,
  sql: string,
  { allowFiles = false }: QuerySettings = {},
): Promise<readonly Readonly<Record<string, Value | null>>[]> {
  readStudy(folder)
  return withRows({ folder, allowFiles }, async (connection, duckdb) =>
    objectsOf(await connection.runAndReadAll(sql), duckdb),
  )
}
