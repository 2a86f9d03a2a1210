import { SaliencyError } from '@saliency/core'
import { parse } from 'csv-parse/browser/esm/sync'
import { classIndex } from './labels.ts'

const COLUMNS = ['path', 'label', 'labels', 'target', 'mask']

type Row = Readonly<Record<string, string>>

/** One row of a table of images. */
export interface TableRow {
  /** As the table says it: relative to the table. */
  readonly path: string
  readonly labels: readonly number[]
  readonly target?: number
  /** As {@link TableRow.path}. */
  readonly masks: readonly string[]
}

/** A table of images. */
export interface ImageTable {
  readonly rows: readonly TableRow[]
  /** Absent where the classes are numbers and no names are known. */
  readonly classes?: readonly string[]
}

/**
 * Reads the text of a table of images: a CSV file with a column `path` and any of `label`, `labels`, `target`, `mask`. Paths are
 * relative to the table; several labels or masks in one cell are separated by `|`; classes are names or numbers.
 * The k-th mask belongs to the k-th label.
 * @throws INVALID_INPUT naming the line
 */
export function parseTable(text: string, file: string, classes: readonly string[] | undefined): ImageTable {
  const rows = parseRows(text, file)
  const names = classes ?? collectNames(rows)
  const read = rows.map((row, index) => readRow(row, names, file, index + 2))
  return names.length === 0 ? { rows: read } : { rows: read, classes: names }
}

function parseRows(text: string, file: string): Row[] {
  let rows: Row[]
  try {
    rows = parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true })
  } catch (cause) {
    throw new SaliencyError('INVALID_INPUT', `${file} is not a CSV table: ${(cause as Error).message}`, {
      cause,
    })
  }
  if (rows.length === 0) throw new SaliencyError('INVALID_INPUT', `${file} has no rows below its header`)
  const unknown = Object.keys(rows[0] as Row).filter((column) => !COLUMNS.includes(column))
  if (rows[0]?.['path'] === undefined || unknown.length > 0) {
    const got = Object.keys(rows[0] as Row).join(', ')
    throw new SaliencyError(
      'INVALID_INPUT',
      `${file} needs a column "path" and may have label, labels, target, mask; it has ${got}`,
    )
  }
  return rows
}

/** Names of classes in the order of the alphabet, where the table alone defines them; none if all are numbers. */
function collectNames(rows: readonly Row[]): string[] {
  const names = new Set(
    rows.flatMap((row) => [...cells(row['label']), ...cells(row['labels']), ...cells(row['target'])]),
  )
  return [...names].every((name) => /^\d+$/.test(name)) ? [] : [...names].toSorted()
}

function readRow(row: Row, classes: readonly string[], file: string, line: number): TableRow {
  const where = `${file}, line ${line}:`
  const path = row['path'] as string
  if (path === '') throw new SaliencyError('INVALID_INPUT', `${where} the path is empty`)
  const toClass = (text: string) => classIndex(text, classes, `${where} "${text}"`)
  const several = cells(row['labels']).map(toClass)
  const labels = [...new Set([...cells(row['label']).map(toClass), ...several])]
  const target = cells(row['target']).map(toClass)[0]
  const read = { path, labels, masks: cells(row['mask']) }
  return target === undefined ? read : { ...read, target }
}

/** The values in one cell. */
function cells(text: string | undefined): string[] {
  return (text ?? '')
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
