import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Row, SaliencyError } from '@saliency/core'
import { parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { messageOf } from '../errors.ts'
import { writeAtomically } from '../files.ts'

/** A row with the place it belongs to. */
export interface StudyRow extends Row {
  readonly run: string
  readonly model: string
  readonly check: string
}

/** The columns of a unit file, in order; `protocol` is JSON. */
export const rowColumns = [
  'run',
  'model',
  'check',
  'variant',
  'condition',
  'image',
  'other',
  'metric',
  'value',
  'status',
  'note',
  'protocol',
] as const

const required: ReadonlySet<string> = new Set([
  'run',
  'model',
  'check',
  'variant',
  'condition',
  'image',
  'metric',
  'status',
  'protocol',
])

/** Sorts rows by key, so that files do not depend on the order of work. */
export function sortRows(rows: readonly StudyRow[]): StudyRow[] {
  const keyed = rows.map((row) => ({ row, key: rowKey(row) }))
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return keyed.map(({ row }) => row)
}

/** What identifies a row: everything but its value. */
export function rowKey(row: StudyRow): string {
  const { check, variant, condition, image, other = '', metric, protocol } = row
  return [check, variant, condition, image, other, metric, JSON.stringify(protocol)].join('\t')
}

function cell(row: StudyRow, column: (typeof rowColumns)[number]): string | number | undefined {
  if (column === 'protocol') return JSON.stringify(row.protocol)
  return row[column] ?? undefined
}

/** Rows as Parquet; repeated texts are stored once. */
export function encodeRows(rows: readonly StudyRow[]): Uint8Array {
  const columnData = rowColumns.map((name) => ({
    name,
    data: rows.map((row) => cell(row, name)),
    type: name === 'value' ? ('DOUBLE' as const) : ('STRING' as const),
    nullable: !required.has(name),
  }))
  return new Uint8Array(parquetWriteBuffer({ columnData }))
}

/** Writes the rows of one finished unit: there whole, or not at all. */
export function writeRows(path: string, rows: readonly StudyRow[]): void {
  writeAtomically(path, encodeRows(sortRows(rows)))
}

/**
 * Reads one unit file.
 * @throws INVALID_RUN if it is damaged.
 */
export async function readRows(path: string): Promise<StudyRow[]> {
  try {
    const bytes = readFileSync(path)
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
    const records = await parquetReadObjects({ file: file as ArrayBuffer })
    return records.map(toRow)
  } catch (cause) {
    throw new SaliencyError(
      'INVALID_RUN',
      `${path} is damaged (${messageOf(cause)}): delete it and repeat the command to compute it again.`,
      { cause },
    )
  }
}

const protocols = new Map<string, Row['protocol']>()

function toRow(record: Record<string, unknown>): StudyRow {
  const text = String(record['protocol'])
  const protocol = protocols.get(text) ?? (JSON.parse(text) as Row['protocol'])
  protocols.set(text, protocol)
  const present = Object.entries(record).filter(
    ([name, value]) => name !== 'value' && value !== null && value !== undefined,
  )
  return {
    ...(Object.fromEntries(present) as unknown as StudyRow),
    value: (record['value'] as number | null) ?? null,
    protocol,
  }
}

/** All rows of a run's finished units, sorted by key; a row that two units share is kept once. */
export async function readAllRows(folder: string): Promise<StudyRow[]> {
  const units = join(folder, 'units')
  const files = readdirSync(units)
    .filter((name) => name.endsWith('.parquet'))
    .sort()
  const rows = new Map<string, StudyRow>()
  for (const name of files) for (const row of await readRows(join(units, name))) rows.set(rowKey(row), row)
  return sortRows([...rows.values()])
}
