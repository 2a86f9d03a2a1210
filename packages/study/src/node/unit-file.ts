import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import type { UnitRows } from '../store/run-store.ts'
import { writeAtomically } from '../system/files.ts'
import type { FileFormat } from './file-format.ts'
import { decodeLost, decodeRounding, decodeRows, encodeRows } from './encode-rows.ts'
import { isSealed } from './seal.ts'

/**
 * The bytes of a unit file, which are those that were written.
 * @throws INVALID_RUN if they do not fit their checksum
 */
export function readSound(path: string): ArrayBuffer {
  const bytes = readFileSync(path)
  if (isSealed(bytes))
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
  throw new SaliencyError(
    'INVALID_RUN',
    `${path} is damaged: its content does not fit its checksum. Repeat the \`saliency run\` command, which computes this unit again; you need not delete it.`,
  )
}

/** Rows of a unit as a sealed Parquet file. */
export const unitFormat: FileFormat<UnitRows> = {
  folder: 'units',
  ending: '.parquet',
  async write(path: string, { lost, rounding, rows }: UnitRows): Promise<void> {
    writeAtomically(path, encodeRows(await rows(), lost, rounding))
  },
  read(path: string): UnitRows {
    const file = readSound(path)
    const rounding = decodeRounding(file)
    const facts = { lost: decodeLost(file), ...(rounding !== undefined && { rounding }) }
    return { ...facts, rows: () => decodeRows(file) }
  },
}

/** The unit files of a run folder. */
export function unitFiles(folder: string): string[] {
  const units = join(folder, unitFormat.folder)
  if (!existsSync(units)) return []
  const names = readdirSync(units).filter((name) => name.endsWith(unitFormat.ending))
  return names.sort().map((name) => join(units, name))
}
