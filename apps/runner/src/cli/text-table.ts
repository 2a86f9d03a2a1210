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
    (title, at) => PADDING + Math.max(widthOf(title), ...rows.map((row) => widthOf(row[at] ?? ''))),
  )
  const table = new Table({
    head: head.map((title) => pc.bold(title)),
    style: { head: [], border: [], compact: true },
    wordWrap: true,
    // An id has no spaces to break at.
    wrapOnWordBoundary: false,
    ...(columns !== undefined && { colWidths: fitted(natural, columns) }),
  })
  table.push(...rows.map((row) => [...row]))
  return table.toString()
}
