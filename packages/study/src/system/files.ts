import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname, resolve } from 'node:path'
import { decodeText, lfsPointer, messageOf, SaliencyError, type SaliencyErrorCode } from '@saliency/core'
import { explainSystemError } from './errors.ts'

/** The first folder on the way to `path` that does not exist. */
function firstMissing(path: string): string {
  const parent = dirname(path)
  return parent === path || existsSync(parent) ? path : firstMissing(parent)
}

/**
 * Makes a folder with those above it.
 * @throws FILE if it cannot be made.
 */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    try {
      // Node.js says of a folder made with those above it that it is missing, where the file system is read-only.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') mkdirSync(firstMissing(resolve(folder)))
    } catch (reason) {
      throw explainSystemError(reason)
    }
    throw explainSystemError(error)
  }
}

/** A name that no other process takes: machines that share a disk may have processes of one number. */
function temporaryName(path: string): string {
  return `${path}.${hostname()}.${process.pid}.${crypto.randomUUID().slice(0, 8)}.tmp`
}

/** What is left of a file that could not be written; why it could not is said already. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Where nothing can be written, nothing is left behind.
  }
}

// By hand, because the libraries for this (write-file-atomic 7, atomically 2) do not look how much one call wrote: on a disk
// that is nearly full they rename a file that was cut off.
/** Writes a file under a temporary name, then has it take its place. @throws FILE */
function writeBeside(
  path: string,
  data: string | Uint8Array,
  isDurable: boolean,
  takePlace: (temporary: string) => void,
): void {
  const temporary = temporaryName(path)
  try {
    makeFolder(dirname(path))
    const file = openSync(temporary, 'w')
    try {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done)
      if (isDurable) fsyncSync(file)
    } finally {
      closeSync(file)
    }
    takePlace(temporary)
  } catch (error) {
    throw explainSystemError(error, path)
  } finally {
    removeIfThere(temporary)
  }
}

/**
 * Writes a file so that it is there whole or not at all, even if the machine stops: under a temporary name, flushed to
 * the disk, then renamed.
 * @param isDurable false skips the flush: for what is made again as easily
 * @throws FILE if the disk is full or the folder cannot be written.
 */
export function writeAtomically(path: string, data: string | Uint8Array, isDurable = true): void {
  writeBeside(path, data, isDurable, (temporary) => renameSync(temporary, path))
}

/**
 * As {@link writeAtomically}, but a file that is there stays: of several processes, on one machine or many, one writes.
 * @throws FILE if the disk is full or the folder cannot be written.
 */
export function writeOnce(path: string, data: string | Uint8Array): void {
  writeBeside(path, data, true, (temporary) => {
    try {
      linkSync(temporary, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return
      // Some file systems have no links.
      if (!existsSync(path)) renameSync(temporary, path)
    }
  })
}

/**
 * Whether a file has the bytes that name its format.
 * @param at where they stand; negative places count from the end
 */
export function hasMagic(path: string, magic: string, at: number): boolean {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(magic.length)
    readSync(file, bytes, 0, bytes.length, at < 0 ? Math.max(0, fstatSync(file).size + at) : at)
    return bytes.toString('latin1') === magic
  } finally {
    closeSync(file)
  }
}

/** Reads JSON; `code` is that of the error for a missing or broken file. */
export function readJson(path: string, code: SaliencyErrorCode): unknown {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new SaliencyError(code, `${path} cannot be read: ${messageOf(explainSystemError(error))}`, {
      cause: error,
    })
  }
  try {
    return JSON.parse(decodeText(bytes))
  } catch (error) {
    const why = lfsPointer(bytes) ?? `is not JSON: ${messageOf(error)}`
    throw new SaliencyError(code, `${path} ${why}`, { cause: error })
  }
}
