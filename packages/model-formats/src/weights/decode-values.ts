import { float16ToNumber } from '@saliency/core'

/** Element types that files store and that have a numeric meaning. */
export type SourceType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'

/** One float32 and its bits, made once: networks have millions of weights. */
const single = new Float32Array(1)
const bitsOfSingle = new Uint32Array(single.buffer)

/** bfloat16 is the upper half of a float32. */
function bfloat16ToNumber(bits: number): number {
  bitsOfSingle[0] = bits << 16
  return single[0] as number
}

/** Bytes an element takes, and how one is read from a view. */
interface Codec {
  readonly width: number
  readonly read: (view: DataView, offset: number) => number
}

const codecs: Readonly<Record<SourceType, Codec>> = {
  float32: { width: 4, read: (view, offset) => view.getFloat32(offset, true) },
  float64: { width: 8, read: (view, offset) => view.getFloat64(offset, true) },
  float16: { width: 2, read: (view, offset) => float16ToNumber(view.getUint16(offset, true)) },
  bfloat16: { width: 2, read: (view, offset) => bfloat16ToNumber(view.getUint16(offset, true)) },
  int8: { width: 1, read: (view, offset) => view.getInt8(offset) },
  int16: { width: 2, read: (view, offset) => view.getInt16(offset, true) },
  int32: { width: 4, read: (view, offset) => view.getInt32(offset, true) },
  int64: { width: 8, read: (view, offset) => Number(view.getBigInt64(offset, true)) },
  uint8: { width: 1, read: (view, offset) => view.getUint8(offset) },
  uint16: { width: 2, read: (view, offset) => view.getUint16(offset, true) },
  uint32: { width: 4, read: (view, offset) => view.getUint32(offset, true) },
  uint64: { width: 8, read: (view, offset) => Number(view.getBigUint64(offset, true)) },
  bool: { width: 1, read: (view, offset) => view.getUint8(offset) },
}

/** Bytes an element of each type takes. */
export function widthOf(type: SourceType): number {
  return codecs[type].width
}

/** Little-endian values as 32-bit floats, copied; for weights. */
export function decodeValues(bytes: Uint8Array, type: SourceType): Float32Array {
  const { width, read } = codecs[type]
  // Typed arrays are little-endian on every platform Node runs on; the copy gives the alignment they need.
  const aligned = () => Uint8Array.from(bytes).buffer
  if (type === 'float32') return new Float32Array(aligned())
  // A plain loop: networks have millions of weights, and calls of `from` cost ten times as much.
  const values = new Float32Array(bytes.byteLength / width)
  if (type === 'float16') {
    const halves = new Uint16Array(aligned())
    for (let index = 0; index < values.length; index++)
      values[index] = float16ToNumber(halves[index] as number)
    return values
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let index = 0; index < values.length; index++) values[index] = read(view, index * width)
  return values
}

/**
 * Little-endian values as numbers, exact up to 2⁵³; for shapes and axes, which a 32-bit float would round, and for weights
 * of 8 bits, which stay bytes.
 */
export function decodeNumbers(bytes: Uint8Array, type: SourceType): number[] | Uint8Array | Int8Array {
  if (type === 'uint8') return Uint8Array.from(bytes)
  if (type === 'int8') return new Int8Array(Uint8Array.from(bytes).buffer)
  const { width, read } = codecs[type]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.byteLength / width }, (_, index) => read(view, index * width))
}
