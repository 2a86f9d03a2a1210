import { createHash } from 'node:crypto'

/** Stands before the checksum of a file that carries its own. */
const MARK = 'sha256:'
const DIGITS = 64
const BLANK = '0'.repeat(DIGITS)

/** The entry of a Parquet file's metadata that {@link seal} writes the checksum into. It must be the last. */
export const unsealed = { key: 'saliency.checksum', value: MARK + BLANK } as const

/** Where the digits of the checksum stand. */
function placeOf(bytes: Buffer): number | undefined {
  const mark = bytes.lastIndexOf(MARK, undefined, 'latin1')
  return mark < 0 ? undefined : mark + MARK.length
}

/** SHA-256 of a file in which zeros stand for the checksum, as hexadecimal digits. */
function checksum(bytes: Buffer, at: number): string {
  const hash = createHash('sha256').update(bytes.subarray(0, at)).update(BLANK)
  return hash.update(bytes.subarray(at + DIGITS)).digest('hex')
}

/** Writes a file's checksum into the place that {@link unsealed} holds free; every byte of the file counts. */
export function seal(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes)
  const at = placeOf(file)
  if (at === undefined) throw new Error('internal: the file has no place for a checksum')
  file.write(checksum(file, at), at, 'latin1')
  return file
}

/** Whether a file is, byte by byte, the one that was sealed. */
export function isSealed(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const at = placeOf(file)
  return at !== undefined && file.toString('latin1', at, at + DIGITS) === checksum(file, at)
}
