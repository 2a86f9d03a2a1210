import { existsSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { explainSystemError, hasMagic, makeFolder } from '@saliency/study/system'

/** DuckDB's magic bytes stand after a checksum of eight bytes. */
function isDuckDatabase(file: string): boolean {
  return statSync(file).isFile() && hasMagic(file, 'DUCK', 8)
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
    makeFolder(folder)
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
