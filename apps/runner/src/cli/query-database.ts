import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { explainSystemError } from '../errors.ts'

/** DuckDB's magic bytes, which stand after a checksum of eight bytes. */
const MAGIC = { bytes: 'DUCK', at: 8 } as const

function isDuckDatabase(file: string): boolean {
  if (!statSync(file).isFile()) return false
  const bytes = Buffer.alloc(MAGIC.bytes.length)
  const handle = openSync(file, 'r')
  try {
    readSync(handle, bytes, 0, bytes.length, MAGIC.at)
  } finally {
    closeSync(handle)
  }
  return bytes.toString('latin1') === MAGIC.bytes
}

/**
 * Makes the folder that a file will lie in.
 * @throws FILE if the file is a folder, or the folder cannot be made.
 */
export function prepareFile(flag: string, file: string): void {
  const folder = dirname(file)
  try {
    if (existsSync(file) && statSync(file).isDirectory())
      throw new SaliencyError('FILE', `${flag} takes a file; ${file} is a folder. Give a name in it.`)
    if (existsSync(folder) && !statSync(folder).isDirectory())
      throw new SaliencyError('FILE', `${flag} ${file}: ${folder} is a file, not a folder.`)
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw explainSystemError(error)
  }
}

/**
 * Builds a database under a name beside its own, then renames it: it is there whole, or what was there before is.
 * @param build receives the name to write to
 * @throws FILE if something else than a DuckDB database is in its place.
 */
export async function replaceDatabase(
  named: string,
  build: (temporary: string) => Promise<void>,
): Promise<void> {
  prepareFile('--database', named)
  // A link stays one, and what it names is replaced.
  const file = existsSync(named) ? realpathSync(named) : named
  if (existsSync(file) && !isDuckDatabase(file)) {
    throw new SaliencyError(
      'FILE',
      `${file} exists and is no DuckDB database, so it is left as it is: give --database another name, or remove the file.`,
    )
  }
  const temporary = `${file}.${process.pid}.tmp`
  const remove = (path: string) => rmSync(path, { force: true })
  try {
    remove(temporary)
    await build(temporary)
    // What a crash left of the old database must not be replayed into the new one.
    remove(`${file}.wal`)
    renameSync(temporary, file)
  } catch (error) {
    throw explainSystemError(error)
  } finally {
    remove(temporary)
    remove(`${temporary}.wal`)
  }
}
