import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { SaliencyError } from '@saliency/core'
import type { KnownFile } from '../image-set.ts'

/** Files that must stay what they are as long as their images are in use. */
export interface Contents {
  /**
   * Reads a file.
   * @throws FILE if it cannot be read, INVALID_IMAGE if its content is not what it was when it was first read
   */
  read(path: string): Promise<Uint8Array>
  /** What a file was when it was read first; nothing for one that was not. */
  of(path: string): KnownFile | undefined
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission denied',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
}

/** What is said of a pipe or a device, which might be read without end. */
export const NO_FILE = 'is a pipe or a device, not a file'

/** Whether there is something at a path that is no file. */
export async function isNoFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && !found.isFile()
}

async function readOrExplain(path: string): Promise<Uint8Array> {
  if (await isNoFile(path)) throw new SaliencyError('FILE', `${path} ${NO_FILE}`)
  try {
    return await readFile(path)
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException
    throw new SaliencyError('FILE', `${path} cannot be read: ${reasons[code] ?? message}`, { cause })
  }
}

/**
 * Remembers the content of each file by its SHA-256 when it is read for the first time.
 * @param earlier files that were read before, in another process
 */
export function rememberContents(earlier: ReadonlyMap<string, KnownFile> = new Map()): Contents {
  const known = new Map(earlier)
  return {
    of: (path) => known.get(path),
    async read(path) {
      const bytes = await readOrExplain(path)
      const found = createHash('sha256').update(bytes).digest('hex')
      if ((known.get(path)?.sha256 ?? found) !== found) {
        throw new SaliencyError(
          'INVALID_IMAGE',
          `${path} was replaced: its content is not what it was when it was read first`,
        )
      }
      known.set(path, { bytes: bytes.length, sha256: found })
      return bytes
    },
  }
}
