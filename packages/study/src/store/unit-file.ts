import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { writeAtomically } from '../system/files.ts'
import { decodeLost, decodeRows, encodeRows, type LostImages } from './encode-rows.ts'
import { mergeRows, type StudyRow } from './rows.ts'
import { isSealed } from './seal.ts'

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
  return bytes && decodeLost(bytes)
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
  return decodeRows(readSound(path))
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
