import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ImageRecord } from '../image-set.ts'

/** SHA-256 over what is known of images and over the content of files, in this order. */
export async function fingerprintOf(
  records: readonly ImageRecord[],
  files: readonly string[] = [],
  read: (file: string) => Promise<Uint8Array> = readFile,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(records))
  for (const file of files) hash.update(await read(file))
  return hash.digest('hex')
}
