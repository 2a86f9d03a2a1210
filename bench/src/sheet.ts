import Table from 'cli-table3'

/** A table, wherever it will stand. */
export interface Sheet {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Less the columns in which no row says anything. */
export function withoutEmptyColumns({ head, rows }: Sheet): Sheet {
  const used = head.map((_, column) => rows.some((row) => row[column] !== ''))
  const kept = (cells: readonly string[]) => cells.filter((_, column) => used[column])
  return { head: kept(head), rows: rows.map(kept) }
}

/** For a page. */
export function inMarkdown({ head, rows }: Sheet): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

/** For the terminal. */
export function inTerminal({ head, rows }: Sheet): string {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } })
  for (const row of rows) table.push([...row])
  return table.toString()
}
