import { stripVTControlCharacters } from 'node:util'
import Table from 'cli-table3'
import pc from 'picocolors'

/** What a cell holds. */
export type Cell = string | number

/** A column that gives way keeps this much. */
const NARROWEST = 9
/** The spaces around a cell, and the line behind it. */
const PADDING = 2
const BORDER = 1
/** The library's time grows with the square of the rows: many are drawn in portions. */
const PORTION = 200

const widthOf = (cell: Cell) =>
  Math.max(
    ...stripVTControlCharacters(String(cell))
      .split('\n')
      .map(({ length }) => length),
  )

/** Widths with which a table fits: the widest columns give way, one character after another. */
function fitted(natural: readonly number[], columns: number): number[] {
  const widths = [...natural]
  const total = () => widths.reduce((sum, width) => sum + width + BORDER, BORDER)
  while (total() > columns) {
    const widest = widths.indexOf(Math.max(...widths))
    if (widths[widest]! <= NARROWEST) break
    widths[widest]! -= 1
  }
  return widths
}

/** The lines of a table. */
function drawn(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  widths: readonly number[] | undefined,
): string[] {
  const table = new Table({
    head: head.map((title) => pc.bold(title)),
    style: { head: [], border: [], compact: true },
    wordWrap: true,
    // An id has no spaces to break at.
    wrapOnWordBoundary: false,
    ...(widths !== undefined && { colWidths: [...widths] }),
  })
  table.push(...rows.map((row) => [...row]))
  return table.toString().split('\n')
}

/**
 * Rows below a head, between lines.
 * @param columns of the terminal, into which the table is fitted by breaking cells into lines; absent for a file or a pipe
 */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  columns?: number,
): string {
  const natural = head.map(
    (title, at) =>
      PADDING + rows.reduce((most, row) => Math.max(most, widthOf(row[at] ?? '')), widthOf(title)),
  )
  const widths = columns === undefined ? undefined : fitted(natural, columns)
  if (rows.length <= PORTION) return drawn(head, rows, widths).join('\n')
  const portions = Array.from({ length: Math.ceil(rows.length / PORTION) }, (_, at) =>
    drawn(at === 0 ? head : [], rows.slice(at * PORTION, (at + 1) * PORTION), widths ?? natural),
  )
  // Between portions there is no line.
  return portions
    .flatMap((lines, at) => lines.slice(at === 0 ? 0 : 1, at === portions.length - 1 ? undefined : -1))
    .join('\n')
}
