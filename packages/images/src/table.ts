import { SaliencyError, type KnownClasses } from '@saliency/core'
import { parse } from 'csv-parse/browser/esm/sync'
import { tieLabels, type ClassLabels } from './class-labels.ts'

const COLUMNS = ['path', 'label', 'labels', 'target', 'mask']

/** The columns that name classes. */
const CLASS_COLUMNS = ['label', 'labels', 'target'] as const

interface Row {
  readonly record: Readonly<Record<string, string>>
  readonly line: number
}

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
export interface ImageTable extends Pick<ClassLabels, 'classes' | 'problem' | 'notices'> {
  readonly rows: readonly TableRow[]
}

/**
 * Reads the text of a table of images: a CSV file with a column `path` and any of `label`, `labels`, `target`, `mask`. Paths are
 * relative to the table; several labels or masks in one cell are separated by `|`; classes are names or numbers.
 * The k-th mask belongs to the k-th label.
 * @throws INVALID_INPUT naming the line and the column
 */
export function parseTable(text: string, file: string, known: KnownClasses): ImageTable {
  const rows = parseRows(text, file)
  const cited = rows.flatMap(({ record }) => CLASS_COLUMNS.flatMap((column) => cells(record[column])))
  for (const { record, line } of rows) refuseNumbersThatAreNone(record, `${file}, line ${line}`, known)
  const { labelOf, ...rest } = tieLabels([...new Set(cited)], known, `the labels of ${file}`)
  return { rows: rows.map((row) => readRow(row, labelOf, file)), ...rest }
}

/** `2.0` or `-1` is no class, and no name either unless the model has it. */
function refuseNumbersThatAreNone(record: Row['record'], where: string, { names = [] }: KnownClasses): void {
  for (const column of CLASS_COLUMNS) {
    for (const cell of cells(record[column])) {
      if (Number.isNaN(Number(cell)) || /^\d+$/.test(cell) || names.includes(cell)) continue
      throw new SaliencyError(
        'INVALID_INPUT',
        `${where}, column ${column}: "${cell}" is no class: a class is a name or a whole number from 0`,
      )
    }
  }
}

function parseRows(text: string, file: string): Row[] {
  let parsed: { record: Record<string, string>; info: { lines: number } }[]
  const columns = (header: string[]) => {
    const twice = header.find((column, index) => header.indexOf(column) !== index)
    if (twice === undefined) return header
    throw new SaliencyError('INVALID_INPUT', `${file} has two columns "${twice}": leave one`)
  }
  try {
    const options = { columns, bom: true, trim: true, skip_empty_lines: true, info: true } as const
    parsed = parse(text, options) as unknown as typeof parsed
  } catch (cause) {
    if (SaliencyError.is(cause)) throw cause
    throw new SaliencyError('INVALID_INPUT', `${file} is not a CSV table: ${(cause as Error).message}`, {
      cause,
    })
  }
  const [first] = parsed
  if (first === undefined) throw new SaliencyError('INVALID_INPUT', `${file} has no rows below its header`)
  const present = Object.keys(first.record)
  if (!present.includes('path') || present.some((column) => !COLUMNS.includes(column))) {
    throw new SaliencyError(
      'INVALID_INPUT',
      `${file} needs a column "path" and may have label, labels, target, mask; it has ${present.join(', ')}`,
    )
  }
  return parsed.map(({ record, info }) => ({ record, line: info.lines }))
}

function readRow({ record, line }: Row, labelOf: ClassLabels['labelOf'], file: string): TableRow {
  const path = record['path'] as string
  if (path === '') throw new SaliencyError('INVALID_INPUT', `${file}, line ${line}: the path is empty`)
  const classesIn = (column: string) =>
    cells(record[column]).flatMap((cell) => labelOf(cell, `${file}, line ${line}, column ${column}`) ?? [])
  const labels = [...new Set([...classesIn('label'), ...classesIn('labels')])]
  const [target] = classesIn('target')
  const read = { path, labels, masks: cells(record['mask']) }
  return target === undefined ? read : { ...read, target }
}

/** The values in one cell. */
function cells(text: string | undefined): string[] {
  return (text ?? '')
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
