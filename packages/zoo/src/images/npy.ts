import { SaliencyError } from '@saliency/core'

/** A NumPy array in row-major order. */
export interface NumpyArray {
  readonly shape: readonly number[]
  /** NumPy's name of the type without byte order, for instance `u1` or `f4`. */
  readonly type: string
  readonly data: Uint8Array | Uint16Array | Float32Array | Float64Array | Int32Array
}

const READERS: Readonly<
  Record<string, readonly [size: number, read: (buffer: ArrayBuffer) => NumpyArray['data']]>
> = {
  b1: [1, (buffer) => new Uint8Array(buffer)],
  u1: [1, (buffer) => new Uint8Array(buffer)],
  u2: [2, (buffer) => new Uint16Array(buffer)],
  i4: [4, (buffer) => new Int32Array(buffer)],
  i8: [8, (buffer) => Int32Array.from(new BigInt64Array(buffer), Number)],
  f4: [4, (buffer) => new Float32Array(buffer)],
  f8: [8, (buffer) => new Float64Array(buffer)],
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

/**
 * Reads NumPy's `.npy` format, versions 1 to 3: little-endian, C order; booleans, bytes, 16-bit unsigned, 32- and
 * 64-bit integers, single and double floats.
 * @throws INVALID_INPUT naming the array if it is foreign, truncated or of another type
 */
export function parseNpy(bytes: Uint8Array, name: string): NumpyArray {
  const fail = (message: string): never => {
    throw new SaliencyError('INVALID_INPUT', `${name}: ${message}`)
  }
  if (bytes.length < 12 || MAGIC.some((byte, index) => bytes[index] !== byte)) fail('is not a NumPy array')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const long = (bytes[6] as number) >= 2
  const start = long ? 12 : 10
  const length = long ? view.getUint32(8, true) : view.getUint16(8, true)
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, start + length))
  const [, order, type] =
    /'descr':\s*'([<>|=]?)(\w+)'/.exec(header) ?? fail('has no readable type in its header')
  const reader =
    READERS[type as string] ??
    fail(`holds elements of type ${type}; supported are ${Object.keys(READERS).join(', ')}`)
  if (order === '>') fail('is big-endian; save it with the native byte order')
  if (/'fortran_order':\s*True/.test(header)) fail('is in Fortran order; save np.ascontiguousarray(x)')
  const list = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? fail('has no shape in its header')
  const shape = list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number)
  // The declared size is compared with the file before anything is allocated.
  const wanted = shape.reduce((product, dim) => product * dim, reader[0])
  const available = bytes.length - start - length
  if (wanted !== available)
    fail(`declares [${shape.join(', ')}] (${wanted} bytes) but holds ${available} bytes`)
  return {
    shape,
    type: type as string,
    data: reader[1](Uint8Array.from(bytes.subarray(start + length)).buffer),
  }
}
