import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

/** How a file is recognised; whatever is given must agree. */
export interface Fingerprint {
  /** Bytes. */
  readonly size?: number
  /** Hexadecimal, lower case. */
  readonly sha256?: string
  /** Hexadecimal, lower case; only where a publisher states nothing better. */
  readonly md5?: string
}

/** Size and hashes of a file, read as a stream. */
export async function fingerprint(path: string): Promise<Required<Fingerprint>> {
  const hashes = { sha256: createHash('sha256'), md5: createHash('md5') }
  for await (const chunk of createReadStream(path)) {
    hashes.sha256.update(chunk as Buffer)
    hashes.md5.update(chunk as Buffer)
  }
  const { size } = await stat(path)
  return { size, sha256: hashes.sha256.digest('hex'), md5: hashes.md5.digest('hex') }
}

/** The first way in which a file is not the expected one, in words; `undefined` if it is. */
export function mismatch(found: Required<Fingerprint>, expected: Fingerprint): string | undefined {
  for (const key of ['size', 'sha256', 'md5'] as const) {
    const wanted = expected[key]
    if (wanted !== undefined && wanted !== found[key])
      return `its ${key} is ${found[key]}, but should be ${wanted}`
  }
  return undefined
}
