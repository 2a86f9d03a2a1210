import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, type Row, SaliencyError } from '@saliency/core'
import { parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
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

/** What identifies a row, most significant first. */
const keyTexts: readonly ((row: StudyRow) => string)[] = [
  ({ check }) => check,
  ({ variant }) => variant,
  ({ condition }) => condition,
  ({ image }) => image,
  ({ other = '' }) => other,
  ({ metric }) => metric,
  protocolText,
]

/** Compares what identifies rows: everything but their values. */
function compareKeys(a: StudyRow, b: StudyRow): number {
  for (const text of keyTexts) {
    const order = compareText(text(a), text(b))
    if (order !== 0) return order
  }
  return 0
}

/** Keys as numbers in the same order, which sort many times faster than texts; nothing where they do not fit into one. */
function keyNumbers(rows: readonly StudyRow[]): Float64Array | undefined {
  const keys = new Float64Array(rows.length)
  let range = 1
  for (const text of keyTexts) {
    const ranks = new Map<string, number>()
    for (const row of rows) ranks.set(text(row), 0)
    const sorted = [...ranks.keys()].sort(compareText)
    for (const [rank, one] of sorted.entries()) ranks.set(one, rank)
    range *= sorted.length
    if (range > Number.MAX_SAFE_INTEGER) return undefined
    for (const [at, row] of rows.entries()) keys[at] = keys[at]! * sorted.length + ranks.get(text(row))!
  }
  return keys
}

/** Compares rows by their places. */
type Compare = (a: number, b: number) => number

/** The places of rows in the order of their keys, and what that order is. */
function inOrder(rows: readonly StudyRow[]): { order: Uint32Array; compare: Compare } {
  const keys = keyNumbers(rows)
  const compare: Compare = keys
    ? (a, b) => keys[a]! - keys[b]!
    : (a, b) => compareKeys(rows[a] as StudyRow, rows[b] as StudyRow)
  return { order: Uint32Array.from(rows, (_, at) => at).sort(compare), compare }
}

/** Sorts rows by key, so that files do not depend on the order of work. */
export function sortRows(rows: readonly StudyRow[]): StudyRow[] {
  return Array.from(inOrder(rows).order, (at) => rows[at] as StudyRow)
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

const protocols = new Map<string, Row['protocol']>()

/** Rows of one shape each: a study has millions, and an object that lost a property takes several times the memory. */
function toRow(record: Record<string, unknown>): StudyRow {
  const { run, model, check, variant, condition, image, other, metric, value, status, note } =
    record as unknown as { [K in keyof StudyRow]-?: StudyRow[K] }
  const text = String(record['protocol'])
  const protocol = protocols.get(text) ?? (JSON.parse(text) as Row['protocol'])
  protocols.set(text, protocol)
  texts.set(protocol, text)
  const found = value ?? null
  const row =
    (other ?? null) === null
      ? { run, model, check, variant, condition, image, metric, value: found, status, protocol }
      : { run, model, check, variant, condition, image, other, metric, value: found, status, protocol }
  return (note ?? null) === null ? row : { ...row, note }
}

/** All rows of a run's finished units, sorted by key; a row that two units share is kept once. */
export async function readAllRows(folder: string): Promise<StudyRow[]> {
  const units = join(folder, 'units')
  const files = readdirSync(units)
    .filter((name) => name.endsWith('.parquet'))
    .sort()
  const rows: StudyRow[] = []
  for (const name of files) for (const row of await readRows(join(units, name))) rows.push(row)
  const { order, compare } = inOrder(rows)
  const sorted: StudyRow[] = []
  for (const [at, row] of order.entries()) {
    const next = order[at + 1]
    if (next === undefined || compare(row, next) !== 0) sorted.push(rows[row] as StudyRow)
  }
  return sorted
}
