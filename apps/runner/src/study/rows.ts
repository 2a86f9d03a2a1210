import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Row, SaliencyError } from '@saliency/core'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { writeAtomically } from '../files.ts'
import { isSealed, seal, unsealed } from './seal.ts'

/** A row with the place it belongs to. */
export interface StudyRow extends Row {
  readonly run: string
  readonly model: string
  readonly check: string
  /** Images that it needs beside the ones it names; a column of no file, but in its metadata. */
  readonly needs?: readonly string[]
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

/** Images that could not be read for a unit, by id, and why. */
export type LostImages = ReadonlyMap<string, string>

/** The names under which a unit file says which images it lacks, and which ones rows need that do not name them. */
const [LOST_IMAGES, NEEDS] = ['saliency.lost', 'saliency.needs']

/** What rows need, by check and image. */
type Needs = ReadonlyMap<string, readonly string[]>

function subjectOf({ check }: Pick<StudyRow, 'check'>, image: string): string {
  return JSON.stringify([check, image])
}

function needsOf(rows: readonly StudyRow[]): Needs {
  const needs = new Map<string, readonly string[]>()
  for (const row of rows) if (row.needs) needs.set(subjectOf(row, row.image), row.needs)
  return needs
}

/** An entry of a file's metadata, unless there is nothing to say. */
function entry(key: string, value: ReadonlyMap<string, unknown>): { key: string; value: string }[] {
  return value.size > 0 ? [{ key, value: JSON.stringify([...value]) }] : []
}

function readEntry<T>(file: ArrayBuffer, key: string): Map<string, T> {
  const entries = parquetMetadata(file).key_value_metadata ?? []
  return new Map(JSON.parse(entries.find((one) => one.key === key)?.value ?? '[]') as [string, T][])
}

/** Rows as Parquet with a checksum; repeated texts are stored once. */
export function encodeRows(rows: readonly StudyRow[], lost: LostImages = new Map()): Uint8Array {
  const columnData = rowColumns.map((name) => ({
    name,
    data: rows.map((row) => cell(row, name)),
    type: name === 'value' ? ('DOUBLE' as const) : ('STRING' as const),
    nullable: !required.has(name),
  }))
  const kvMetadata = [...entry(LOST_IMAGES, lost), ...entry(NEEDS, needsOf(rows)), unsealed]
  return seal(new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata })))
}

/** Writes the rows of one finished unit: there whole, or not at all. */
export function writeRows(path: string, rows: readonly StudyRow[], lost?: LostImages): void {
  writeAtomically(path, encodeRows(sortRows(rows), lost))
}

/** The bytes of a unit file, if it is there and as it was written. */
function soundBytes(path: string): ArrayBuffer | undefined {
  if (!existsSync(path)) return undefined
  const bytes = readFileSync(path)
  if (!isSealed(bytes)) return undefined
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
}

/** The images that a unit file lacks; nothing if the file is missing or damaged. */
export function readLost(path: string): LostImages | undefined {
  const bytes = soundBytes(path)
  if (!bytes) return undefined
  return readEntry(bytes, LOST_IMAGES)
}

/**
 * The bytes of a unit file, which are those that were written.
 * @throws INVALID_RUN if they do not fit their checksum.
 */
export function readSound(path: string): ArrayBuffer {
  const bytes = soundBytes(path)
  if (bytes) return bytes
  throw new SaliencyError(
    'INVALID_RUN',
    `${path} is damaged: its content does not fit its checksum. Repeat the \`saliency run\` command, which computes this unit again; you need not delete it.`,
  )
}

/**
 * Reads one unit file.
 * @throws INVALID_RUN if it is damaged.
 */
export async function readRows(path: string): Promise<StudyRow[]> {
  const file = readSound(path)
  const records = await parquetReadObjects({ file })
  const needs: Needs = readEntry(file, NEEDS)
  if (needs.size === 0) return records.map(toRow)
  return records.map(toRow).map((row) => {
    const own = needs.get(subjectOf(row, row.image))
    return own ? { ...row, needs: own } : row
  })
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

/** The unit files of a run folder. */
export function unitFiles(folder: string): string[] {
  const units = join(folder, 'units')
  if (!existsSync(units)) return []
  const names = readdirSync(units).filter((name) => name.endsWith('.parquet'))
  return names.sort().map((name) => join(units, name))
}

/** All rows of a run's finished units, sorted by key; a row that two units share is kept once. */
export async function readAllRows(folder: string): Promise<StudyRow[]> {
  const rows: StudyRow[] = []
  for (const file of unitFiles(folder)) for (const row of await readRows(file)) rows.push(row)
  const { order, compare } = inOrder(rows)
  const sorted: StudyRow[] = []
  for (const [at, row] of order.entries()) {
    const next = order[at + 1]
    if (next === undefined || compare(row, next) !== 0) sorted.push(rows[row] as StudyRow)
  }
  return sorted
}
