import { invalid } from '../problems.ts'

/** For a file that is not what HDF5's specification says. */
export function broken(reason: string): Error {
  return invalid(`The HDF5 file is broken or truncated (${reason}). Download it, or save the model, again.`)
}

/** For a file that may be sound, but uses what Keras' files never use. */
export function foreign(what: string): Error {
  return invalid(
    `The HDF5 file uses ${what}, which Keras does not write. Load the model in Keras and save it again with model.save().`,
  )
}

/** Reads little-endian fields one after another; every read is checked against the end. */
export interface Cursor {
  /** Where the next field starts. */
  readonly at: number
  /** Where the readable part ends. */
  readonly end: number
  /** An unsigned whole number of 1, 2, 3, 4 or 8 bytes. */
  whole(width: number): number
  /** An address, or undefined for "nowhere" (all bits set). */
  address(): number | undefined
  bytes(count: number): Uint8Array
  skip(count: number): void
  /** Throws unless the four characters `signature` come next. */
  expect(signature: string): void
}

/** A cursor over `bytes` from `start` to `end`. */
export function openCursor(bytes: Uint8Array, start: number, end: number = bytes.length): Cursor {
  if (start < 0 || start > end || end > bytes.length)
    throw broken(`it points to byte ${start} of ${bytes.length}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = start

  function advance(count: number): number {
    if (count > end - at) throw broken(`a structure at byte ${start} runs past its end`)
    const from = at
    at += count
    return from
  }

  function whole(width: number): number {
    const from = advance(width)
    if (width === 1) return view.getUint8(from)
    if (width === 2) return view.getUint16(from, true)
    if (width === 3) return view.getUint16(from, true) + 65_536 * view.getUint8(from + 2)
    if (width === 4) return view.getUint32(from, true)
    const value = view.getBigUint64(from, true)
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw broken(`it declares the size ${value}`)
    return Number(value)
  }

  return {
    get at() {
      return at
    },
    end,
    whole,
    address() {
      const isNowhere = at + 8 <= end && view.getBigUint64(at, true) === 0xffff_ffff_ffff_ffffn
      if (!isNowhere) return whole(8)
      at += 8
      return undefined
    },
    bytes(count) {
      const from = advance(count)
      return bytes.subarray(from, from + count)
    },
    skip: (count) => void advance(count),
    expect(signature) {
      const found = String.fromCharCode(...bytes.subarray(at, at + 4))
      if (found !== signature) throw broken(`no '${signature}' at byte ${at}`)
      advance(4)
    },
  }
}
