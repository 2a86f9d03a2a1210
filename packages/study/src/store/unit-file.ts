import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { writeAtomically } from '../system/files.ts'
import { mergeRows, protocolOf, protocolText, rowColumns, sortRows, type StudyRow } from './rows.ts'
import { isSealed, seal, unsealed } from './seal.ts'

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

/**
 * Rows as the bytes of a unit file: Parquet with a checksum, sorted by what identifies them; repeated texts are stored once.
 * @param lost images that could not be read for the unit
 */
export function encodeRows(given: readonly StudyRow[], lost: LostImages = new Map()): Uint8Array {
  const rows = sortRows(given)
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
  writeAtomically(path, encodeRows(rows, lost))
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

/** Rows of one shape each: a study has millions, and an object that lost a property takes several times the memory. */
function toRow(record: Record<string, unknown>): StudyRow {
  const { run, model, check, variant, condition, image, other, metric, value, status, note } =
    record as unknown as { [K in keyof StudyRow]-?: StudyRow[K] }
  const protocol = protocolOf(String(record['protocol']))
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
  return mergeRows(rows)
}
