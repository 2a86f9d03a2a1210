import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** Stands before the checksum of a file that carries its own. */
const MARK = 'sha256:'
const DIGITS = 64
const BLANK = '0'.repeat(DIGITS)

/** The entry of a Parquet file's metadata that {@link seal} writes the checksum into. It must be the last. */
export const unsealed: { readonly key: string; readonly value: string } = {
  key: 'saliency.checksum',
  value: MARK + BLANK,
}

const mark = utf8ToBytes(MARK)

/** Where the digits of the checksum stand. */
function placeOf(bytes: Uint8Array): number | undefined {
  for (let at = bytes.length - mark.length; at >= 0; at--)
    if (mark.every((byte, i) => bytes[at + i] === byte)) return at + mark.length
  return undefined
}

/** SHA-256 of a file in which zeros stand for the checksum, as hexadecimal digits. */
function checksum(bytes: Uint8Array, at: number): string {
  const hash = sha256.create().update(bytes.subarray(0, at)).update(utf8ToBytes(BLANK))
  return bytesToHex(hash.update(bytes.subarray(at + DIGITS)).digest())
}

/** Writes a file's checksum into the place that {@link unsealed} holds free; every byte of the file counts. */
export function seal(bytes: Uint8Array): Uint8Array {
  const file = Uint8Array.from(bytes)
  const at = placeOf(file)
  if (at === undefined) throw new Error('internal: the file has no place for a checksum')
  file.set(utf8ToBytes(checksum(file, at)), at)
  return file
}

/** Whether a file is, byte by byte, the one that was sealed. */
export function isSealed(bytes: Uint8Array): boolean {
  const at = placeOf(bytes)
  if (at === undefined) return false
  return new TextDecoder().decode(bytes.subarray(at, at + DIGITS)) === checksum(bytes, at)
}
