import { protocolText } from '@saliency/core'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { type Needs, needsOf, shapedRow, restoreNeeds } from '../store/complete-rows.ts'
import type { StudyRow } from '../store/rows.ts'
import type { LostImages } from '../store/run-store.ts'
import { seal, unsealed } from './seal.ts'

/** The columns of a unit file, in order; `protocol` is JSON. */
const columns = [
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

const nullable: ReadonlySet<string> = new Set(['other', 'value', 'note'])

function cell(row: StudyRow, column: (typeof columns)[number]): string | number | undefined {
  if (column === 'protocol') return protocolText(row)
  return row[column] ?? undefined
}

/** The names under which a unit file says which images it lacks, which ones rows need that do not name them, and how its machine rounds. */
const [LOST_IMAGES, NEEDS, ROUNDING] = ['saliency.lost', 'saliency.needs', 'saliency.rounding']

/** An entry of a file's metadata, unless there is nothing to say. */
function entry(key: string, value: ReadonlyMap<string, unknown>): { key: string; value: string }[] {
  return value.size > 0 ? [{ key, value: JSON.stringify([...value]) }] : []
}

function textOf(file: ArrayBuffer, key: string): string | undefined {
  return parquetMetadata(file).key_value_metadata?.find((one) => one.key === key)?.value
}

function readEntry<T>(file: ArrayBuffer, key: string): Map<string, T> {
  return new Map(JSON.parse(textOf(file, key) ?? '[]') as [string, T][])
}

/**
 * Rows as the bytes of a unit file: Parquet with a checksum, in the order given; repeated texts are stored once.
 * @param lost images that could not be read for the unit
 * @param rounding how the machine that computed it rounds
 */
export function encodeRows(
  rows: readonly StudyRow[],
  lost: LostImages = new Map(),
  rounding?: string,
): Uint8Array {
  const columnData = columns.map((name) => ({
    name,
    data: rows.map((row) => cell(row, name)),
    type: name === 'value' ? ('DOUBLE' as const) : ('STRING' as const),
    nullable: nullable.has(name),
  }))
  const own = rounding === undefined ? [] : [{ key: ROUNDING, value: rounding }]
  const kvMetadata = [...entry(LOST_IMAGES, lost), ...entry(NEEDS, needsOf(rows)), ...own, unsealed]
  return seal(new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata })))
}

/** The images that a unit file lacks. */
export function decodeLost(file: ArrayBuffer): LostImages {
  return readEntry(file, LOST_IMAGES)
}

/** How the machine that computed a unit rounds, where its file says so. */
export function decodeRounding(file: ArrayBuffer): string | undefined {
  return textOf(file, ROUNDING)
}

/** The images that rows of a unit file need beside the ones they name. */
export function decodeNeeds(file: ArrayBuffer): Needs {
  return readEntry(file, NEEDS)
}

/** The rows of a unit file, in its order; equal protocols are one object. */
export async function decodeRows(file: ArrayBuffer): Promise<readonly StudyRow[]> {
  const protocols = new Map<string, StudyRow['protocol']>()
  const protocolOf = (text: string) => {
    const protocol = protocols.get(text) ?? (JSON.parse(text) as StudyRow['protocol'])
    protocols.set(text, protocol)
    return protocol
  }
  const records = await parquetReadObjects({ file })
  const rows = records.map((record) =>
    shapedRow({ ...record, protocol: protocolOf(String(record['protocol'])) }),
  )
  return restoreNeeds(rows, decodeNeeds(file))
}
