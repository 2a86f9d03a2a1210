import { decodeValues, type SourceType } from '../weights/decode-values.ts'
import { broken, foreign, type Cursor } from './cursor.ts'

/** The element type of a dataset or an attribute. */
export type Datatype =
  | { readonly kind: 'number'; readonly type: SourceType; readonly size: number; readonly bigEndian: boolean }
  /** Text of a fixed number of bytes. */
  | { readonly kind: 'text'; readonly size: number }
  /** Text of any length, which lies in a global heap. */
  | { readonly kind: 'long-text'; readonly size: 16 }
  /** Bytes that HDF5 knows nothing of: how h5py stores bfloat16. */
  | { readonly kind: 'opaque'; readonly size: number }

const floats: Readonly<Record<number, SourceType>> = { 2: 'float16', 4: 'float32', 8: 'float64' }
const wholes: Readonly<Record<string, SourceType>> = {
  s1: 'int8',
  s2: 'int16',
  s4: 'int32',
  s8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
}

/** Bits of exponent of the floats that IEEE 754 knows, by size in bytes. */
const exponentBits: Readonly<Record<number, number>> = { 2: 5, 4: 8, 8: 11 }

/** Reads a datatype message (HDF5 file format 3.0, section IV.A.2.d). */
export function readDatatype(cursor: Cursor): Datatype {
  const kind = cursor.whole(1) & 0x0f
  const bits = cursor.whole(1)
  cursor.skip(2)
  const size = cursor.whole(4)
  if (size === 0) throw broken('values of no bytes')
  const bigEndian = (bits & 1) !== 0
  const number = (type: SourceType | undefined): Datatype => {
    if (!type) throw foreign(`numbers of ${size} bytes`)
    return { kind: 'number', type, size, bigEndian }
  }
  switch (kind) {
    case 0:
      return number(wholes[`${bits & 8 ? 's' : 'u'}${size}`])
    case 1: {
      cursor.skip(5)
      const exponent = cursor.whole(1)
      if (size === 2 && exponent === 8) return number('bfloat16')
      return number(exponent === exponentBits[size] ? floats[size] : undefined)
    }
    case 3:
      return { kind: 'text', size }
    case 5:
      return { kind: 'opaque', size }
    case 8: // An enumeration, as h5py stores booleans: the type of its numbers follows.
      return readDatatype(cursor)
    case 9:
      if ((bits & 0x0f) !== 1 || size !== 16) throw foreign('lists of varying length')
      return { kind: 'long-text', size: 16 }
    default:
      throw foreign(`a datatype of class ${kind}`)
  }
}

/** Reads a dataspace message: the shape, `[]` for a single value. */
export function readShape(cursor: Cursor): number[] {
  const [version, rank, flags] = [cursor.whole(1), cursor.whole(1), cursor.whole(1)]
  if (version !== 1 && version !== 2) throw broken(`a shape of version ${version}`)
  const kind = cursor.whole(1)
  if (version === 1) cursor.skip(4)
  else if (kind === 2) return [0]
  void flags // The largest shape follows the shape; nothing here grows.
  return Array.from({ length: rank }, () => cursor.whole(8))
}

/** Numbers as 32-bit floats. */
export function decodeNumbers(
  bytes: Uint8Array,
  { type, size, bigEndian }: Datatype & { kind: 'number' },
): Float32Array {
  if (!bigEndian || size === 1) return decodeValues(bytes, type)
  const turned = bytes.slice()
  for (let at = 0; at < turned.length; at += size) turned.subarray(at, at + size).reverse()
  return decodeValues(turned, type)
}
