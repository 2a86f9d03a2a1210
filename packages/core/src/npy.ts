import { SaliencyError } from './errors.ts'
import { float16ToNumber } from './half.ts'
import type { FloatTensor } from './tensor.ts'
import { lfsPointer } from './text-file.ts'

/** A NumPy array in row-major order. */
export interface NumpyArray {
  readonly shape: readonly number[]
  /** NumPy's name of the type without byte order, for instance `u1` or `f4`. */
  readonly type: string
  readonly data: Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Float32Array | Float64Array
}

type Reader = readonly [size: number, read: (buffer: ArrayBuffer) => NumpyArray['data']]

/** Typed arrays are little-endian on every platform that runs this. */
const readers: Readonly<Record<string, Reader>> = {
  b1: [1, (buffer) => new Uint8Array(buffer)],
  i1: [1, (buffer) => new Int8Array(buffer)],
  u1: [1, (buffer) => new Uint8Array(buffer)],
  i2: [2, (buffer) => new Int16Array(buffer)],
  u2: [2, (buffer) => new Uint16Array(buffer)],
  i4: [4, (buffer) => new Int32Array(buffer)],
  u4: [4, (buffer) => Float64Array.from(new Uint32Array(buffer))],
  i8: [8, (buffer) => Float64Array.from(new BigInt64Array(buffer), Number)],
  f2: [2, (buffer) => Float32Array.from(new Uint16Array(buffer), float16ToNumber)],
  f4: [4, (buffer) => new Float32Array(buffer)],
  f8: [8, (buffer) => new Float64Array(buffer)],
}

const magic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59)

/** `(2, 3)` as numbers. */
function shapeOf(list: string): number[] {
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number)
}

/**
 * Reads the array that starts at byte `offset`, in NumPy's `.npy` format, versions 1 to 3: little-endian, C order;
 * booleans, 8- to 64-bit integers, half, single and double floats. `end` is the first byte behind it, where another may follow.
 * @throws INVALID_INPUT naming the array if it is foreign, cut off or of another type.
 */
export function readNpy(bytes: Uint8Array, name: string, offset = 0): { array: NumpyArray; end: number } {
  const fail = (message: string): never => {
    throw new SaliencyError('INVALID_INPUT', `${name}: ${message}`)
  }
  const file = bytes.subarray(offset)
  if (file.length < 12 || magic.some((byte, index) => file[index] !== byte))
    fail(lfsPointer(bytes) ?? 'is not a NumPy array')
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const long = (file[6] as number) >= 2
  const text = long ? 12 : 10
  const start = text + (long ? view.getUint32(8, true) : view.getUint16(8, true))
  const header = new TextDecoder('latin1').decode(file.subarray(text, start))
  const [, order, type] =
    /'descr':\s*'([<>|=]?)(\w+)'/.exec(header) ?? fail('has no readable type in its header')
  const [width, read] =
    readers[type as string] ??
    fail(`holds elements of type ${type}; supported are ${Object.keys(readers).join(', ')}`)
  if (order === '>') fail('is big-endian; save it with the native byte order')
  if (/'fortran_order':\s*True/.test(header)) fail('is in Fortran order; save np.ascontiguousarray(x)')
  const shape = shapeOf(/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? fail('has no shape in its header'))
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    fail(`has the shape [${shape.join(', ')}], whose sizes are not whole numbers from 0`)
  // The declared size is compared with the file before anything is allocated.
  const end = start + shape.reduce((product, size) => product * size, width)
  if (end > file.length)
    fail(`declares [${shape.join(', ')}] (${end - start} bytes) but holds ${file.length - start} bytes`)
  // Copied, because typed arrays need their own alignment.
  const data = read(Uint8Array.from(file.subarray(start, end)).buffer)
  return { array: { shape, type: type as string, data }, end: offset + end }
}

/**
 * Reads a whole `.npy` file, as {@link readNpy} does.
 * @throws INVALID_INPUT also where bytes are left behind the array.
 */
export function parseNpy(bytes: Uint8Array, name: string): NumpyArray {
  const { array, end } = readNpy(bytes, name)
  if (end === bytes.length) return array
  throw new SaliencyError(
    'INVALID_INPUT',
    `${name}: declares [${array.shape.join(', ')}] but holds ${bytes.length - end} more bytes`,
  )
}

/** A float tensor in NumPy's `.npy` format, version 1, little-endian, C order. */
export function encodeNpy({ data, shape }: FloatTensor): Uint8Array {
  const list = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${list}), }`
  // The data starts at a multiple of 64 bytes; a line feed ends the header.
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10
  const bytes = new Uint8Array(10 + length + data.byteLength)
  bytes.set(magic)
  bytes.set([1, 0, length & 255, length >> 8], 6)
  bytes.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), 10)
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + length)
  return bytes
}
