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

const texts = new WeakMap<Row['protocol'], string>()

/** A protocol as JSON; thousands of rows share one. */
function protocolText({ protocol }: StudyRow): string {
  const known = texts.get(protocol)
  if (known !== undefined) return known
  const text = JSON.stringify(protocol)
  texts.set(protocol, text)
  return text
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/** Compares what identifies rows: everything but their values. */
function compareKeys(a: StudyRow, b: StudyRow): number {
  return (
    compareText(a.check, b.check) ||
    compareText(a.variant, b.variant) ||
    compareText(a.condition, b.condition) ||
    compareText(a.image, b.image) ||
    compareText(a.other ?? '', b.other ?? '') ||
    compareText(a.metric, b.metric) ||
    compareText(protocolText(a), protocolText(b))
  )
}

/** Sorts rows by key, so that files do not depend on the order of work. */
export function sortRows(rows: readonly StudyRow[]): StudyRow[] {
  return [...rows].sort(compareKeys)
}

function cell(row: StudyRow, column: (typeof rowColumns)[number]): string | number | undefined {
  if (column === 'protocol') return protocolText(row)
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

const optional = rowColumns.filter((name) => name !== 'value' && !required.has(name))
const protocols = new Map<string, Row['protocol']>()

function toRow(record: Record<string, unknown>): StudyRow {
  const text = String(record['protocol'])
  const protocol = protocols.get(text) ?? (JSON.parse(text) as Row['protocol'])
  protocols.set(text, protocol)
  const row = record as Record<string, unknown> & { value: number | null; protocol: Row['protocol'] }
  for (const name of optional) if (row[name] === null || row[name] === undefined) delete row[name]
  row.value ??= null
  row.protocol = protocol
  return row as unknown as StudyRow
}

/** All rows of a run's finished units, sorted by key; a row that two units share is kept once. */
export async function readAllRows(folder: string): Promise<StudyRow[]> {
  const units = join(folder, 'units')
  const files = readdirSync(units)
    .filter((name) => name.endsWith('.parquet'))
    .sort()
  const rows: StudyRow[] = []
  for (const name of files) for (const row of await readRows(join(units, name))) rows.push(row)
  const sorted = sortRows(rows)
  return sorted.filter((row, at) => {
    const next = sorted[at + 1]
    return next === undefined || compareKeys(row, next) !== 0
  })
}
