import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { parse } from 'csv-parse/sync'
import type { FileEntry } from './files.ts'
import { classIndex, type Listing } from './folder.ts'

const COLUMNS = ['path', 'label', 'labels', 'target', 'mask']

type Row = Readonly<Record<string, string>>

/**
 * Reads a table of images: a CSV file with a column `path` and any of `label`, `labels`, `target`, `mask`. Paths are
 * relative to the table; several labels or masks in one cell are separated by `|`; classes are names or numbers.
 * The k-th mask belongs to the k-th label.
 * @throws INVALID_INPUT naming the line
 */
export async function readTable(file: string, classes: readonly string[] | undefined): Promise<Listing> {
  const rows = parseRows(await readFile(file), file)
  const names = classes ?? collectNames(rows)
  const entries = rows.map((row, index) => readRow(row, names, file, index + 2))
  return names.length === 0 ? { entries } : { entries, classes: names }
}

function parseRows(text: Buffer, file: string): Row[] {
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

function readRow(row: Row, classes: readonly string[], file: string, line: number): FileEntry {
  const where = `${file}, line ${line}:`
  const path = row['path'] as string
  if (path === '') throw new SaliencyError('INVALID_INPUT', `${where} the path is empty`)
  const toClass = (text: string) => classIndex(text, classes, `${where} "${text}"`)
  const several = cells(row['labels']).map(toClass)
  const labels = [...new Set([...cells(row['label']).map(toClass), ...several])]
  const target = cells(row['target']).map(toClass)[0]
  const resolve = (name: string) => (isAbsolute(name) ? name : join(dirname(file), name))
  const entry = { id: path, path: resolve(path), labels, masks: cells(row['mask']).map(resolve) }
  return target === undefined ? entry : { ...entry, target }
}

/** The values in one cell. */
function cells(text: string | undefined): string[] {
  return (text ?? '')
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
