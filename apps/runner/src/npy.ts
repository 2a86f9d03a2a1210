import { type FloatTensor, SaliencyError, tensor } from '@saliency/core'

const magic = Buffer.from('\x93NUMPY\x01\x00', 'latin1')

/** A float tensor as NumPy's `.npy` format, version 1, little-endian, C order. */
export function encodeNpy({ data, shape }: FloatTensor): Uint8Array {
  const list = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${list}), }`
  const padding = 64 - ((magic.length + 2 + text.length + 1) % 64)
  const header = `${text}${' '.repeat(padding % 64)}\n`
  const bytes = Buffer.alloc(magic.length + 2 + header.length + data.length * 4)
  magic.copy(bytes)
  bytes.writeUInt16LE(header.length, magic.length)
  bytes.write(header, magic.length + 2, 'latin1')
  // Typed arrays are little-endian on every platform that Node runs on.
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), magic.length + 2 + header.length)
  return bytes
}

/**
 * Reads the array that starts at `offset` of what {@link encodeNpy} wrote; several may follow one another in a file.
 * @throws FILE if the bytes are cut off or something else.
 */
export function decodeNpy(bytes: Uint8Array, where: string, offset = 0): { array: FloatTensor; end: number } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = offset + magic.length + 2
  const broken = () =>
    new SaliencyError('FILE', `${where} is cut off or no array of floats: delete it and repeat the command.`)
  if (view.length < start || !view.subarray(offset, offset + magic.length).equals(magic)) throw broken()
  const from = start + view.readUInt16LE(start - 2)
  const header = view.toString('latin1', start, from)
  const list = /'descr': '<f4'.*'shape': \(([^)]*)\)/.exec(header)?.[1]
  if (list === undefined) throw broken()
  const shape = list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number)
  const length = shape.reduce((product, dim) => product * dim, 1)
  const end = from + length * 4
  if (end > view.length) throw broken()
  const data = new Float32Array(length)
  new Uint8Array(data.buffer).set(view.subarray(from, end))
  return { array: tensor(data, shape), end }
}
