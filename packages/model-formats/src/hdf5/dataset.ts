import { checkedSize } from '../weights/limits.ts'
import { readChunks, readFilters } from './chunks.ts'
import { broken, foreign } from './cursor.ts'
import { decodeNumbers, readDatatype, readShape } from './datatype.ts'
import { readTexts } from './attribute.ts'
import { messageTypes, type ObjectHeader } from './object-header.ts'
import type { Hdf5Source } from './source.ts'

/** An array of a file, read when it is asked for. */
export interface Hdf5Dataset {
  readonly shape: readonly number[]
  /**
   * The values as 32-bit floats.
   * @throws INVALID_MODEL where it holds no numbers, or its data is not in the file
   */
  read(): Float32Array
}

/** The array of an object, or undefined where it is none. */
export function readDataset(source: Hdf5Source, header: ObjectHeader, name: string): Hdf5Dataset | undefined {
  const space = header.one(messageTypes.dataspace)
  if (!space || !header.one(messageTypes.datatype) || !header.one(messageTypes.layout)) return undefined
  const shape = readShape(space)
  return {
    shape,
    read() {
      const size = checkedSize(shape, `The dataset '${name}'`)
      const type = header.one(messageTypes.datatype)
      if (!type) throw broken(`the dataset '${name}' has no type`)
      const found = readDatatype(type)
      // Keras notes the type of what NumPy has no name for.
      const isTwoBytes = found.kind === 'opaque' && found.size === 2
      const datatype =
        isTwoBytes && readTexts(source, header, 'dtype')?.[0] === 'bfloat16'
          ? ({ kind: 'number', type: 'bfloat16', size: 2, bigEndian: false } as const)
          : found
      if (datatype.kind !== 'number') throw broken(`the dataset '${name}' holds no numbers`)
      const bytes = readBytes(source, header, shape, datatype.size)
      if (bytes.length !== size * datatype.size)
        throw broken(`the dataset '${name}' has ${bytes.length} bytes instead of ${size * datatype.size}`)
      return decodeNumbers(bytes, datatype)
    },
  }
}

function readBytes(
  source: Hdf5Source,
  header: ObjectHeader,
  shape: readonly number[],
  width: number,
): Uint8Array {
  const layout = header.one(messageTypes.layout)
  if (!layout) throw broken('a dataset has no layout')
  if (header.one(messageTypes.externalFiles)) throw foreign('data in another file')
  const [version, kind] = [layout.whole(1), layout.whole(1)]
  if (version !== 3 && !(version === 4 && kind < 2)) throw foreign(`a data layout of version ${version}`)
  if (kind === 0) return layout.bytes(layout.whole(2))
  if (kind === 2) {
    const [rank, tree] = [layout.whole(1) - 1, layout.address()]
    const chunk = Array.from({ length: rank }, () => layout.whole(4))
    if (rank !== shape.length || layout.whole(4) !== width)
      throw broken('chunks that do not fit their dataset')
    return readChunks(source, tree, { shape, chunk, width, filters: readFilters(header) })
  }
  const [address, length] = [layout.address(), layout.whole(8)]
  if (address === undefined) {
    if (length > 0 || shape.every((dim) => dim > 0)) throw broken('a dataset was declared, but never written')
    return new Uint8Array()
  }
  return source.at(address, length).bytes(length)
}
