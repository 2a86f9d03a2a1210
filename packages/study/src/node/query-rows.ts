import { resolve } from 'node:path'
import { rowKey, SaliencyError } from '@saliency/core'
import { readSound, unitFiles } from './unit-file.ts'

/** A text in SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** DuckDB takes every path for a pattern, even in a list: what would stand for other names is put in brackets. */
function literal(path: string): string {
  return path.replaceAll(/[*?[]/g, '[$&]')
}

/** Files of rows as a table of SQL, with a column that names the file. */
export function parquetOf(files: readonly string[]): string {
  return `read_parquet([${files.map((file) => quoted(literal(file))).join(', ')}], filename = true)`
}

/** What identifies a row, as every other reader of a run sorts it; `check` is a word of SQL. */
const keys = ['run', 'model', ...rowKey].map((name) => (name === 'check' ? '"check"' : name))

/**
 * The rows of a run's finished units as SQL, with the protocol's fields at hand: `protocol->>'draw'`. Every row once and
 * sorted by key, so that two exports of a run are the same bytes.
 * @throws INVALID_RUN if no unit is finished, or a unit's file is damaged.
 */
export function rowsOf(folder: string): string {
  const files = unitFiles(resolve(folder))
  if (files.length === 0) {
    throw new SaliencyError(
      'INVALID_RUN',
      `${folder} has no rows yet, since no unit is finished: \`saliency run\` with the same configuration and --out ${folder} computes them.`,
    )
  }
  for (const file of files) readSound(file)
  const order = keys.map((key) => (key === 'other' ? 'other nulls first' : key))
  return `
    select * exclude (filename) replace (protocol::json as protocol) from (
      select distinct on (${keys.join(', ')}) *
      from ${parquetOf(files)}
      order by ${order.join(', ')}, filename desc
    )`
}
