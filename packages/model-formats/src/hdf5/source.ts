import { broken, openCursor, type Cursor } from './cursor.ts'

/**
 * The bytes of a file and what was read of them. Every node of a structure is read once, so that reading ends whatever
 * the file says.
 */
export interface Hdf5Source {
  /** The whole file. */
  readonly bytes: Uint8Array
  /** A cursor at an address, to the end of the file or over `length` bytes. */
  at(address: number, length?: number): Cursor
  /** A cursor at a node that only one other points to; throws where a second one does. */
  once(address: number, what: string, length?: number): Cursor
}

/** Opens a source over a whole file. */
export function createSource(bytes: Uint8Array): Hdf5Source {
  const seen = new Set<number>()
  const at: Hdf5Source['at'] = (address, length) =>
    openCursor(bytes, address, length === undefined ? bytes.length : address + length)
  return {
    bytes,
    at,
    once(address, what, length) {
      if (seen.has(address)) throw broken(`${what} at byte ${address} is linked twice, or contains itself`)
      seen.add(address)
      return at(address, length)
    },
  }
}
