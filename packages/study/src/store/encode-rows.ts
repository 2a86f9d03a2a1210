import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { protocolOf, protocolText, rowColumns, sortRows, type StudyRow } from './rows.ts'
import { seal, unsealed } from './seal.ts'

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

/** The images that a unit file lacks. */
export function decodeLost(file: ArrayBuffer): LostImages {
  return readEntry(file, LOST_IMAGES)
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

/** The rows of a unit file. */
export async function decodeRows(file: ArrayBuffer): Promise<StudyRow[]> {
  const records = await parquetReadObjects({ file })
  const needs: Needs = readEntry(file, NEEDS)
  if (needs.size === 0) return records.map(toRow)
  return records.map(toRow).map((row) => {
    const own = needs.get(subjectOf(row, row.image))
    return own ? { ...row, needs: own } : row
  })
}
