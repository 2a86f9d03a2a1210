import { checkedSize } from '../weights/limits.ts'
import { broken, foreign, type Cursor } from './cursor.ts'
import { readDatatype, readShape, type Datatype } from './datatype.ts'
import { messageTypes, type ObjectHeader } from './object-header.ts'
import type { Hdf5Source } from './source.ts'

/** Reads a field whose length is rounded up to `unit` bytes. */
function field(cursor: Cursor, source: Hdf5Source, length: number, unit: number): Cursor {
  const start = cursor.at
  cursor.skip(Math.ceil(length / unit) * unit)
  return source.at(start, length)
}

const decode = (bytes: Uint8Array) => {
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end))
}

/** The texts of an attribute of an object: one, or a list; undefined where it has none of that name. */
export function readTexts(
  source: Hdf5Source,
  header: ObjectHeader,
  wanted: string,
): readonly string[] | undefined {
  for (const cursor of header.all(messageTypes.attribute)) {
    const version = cursor.whole(1)
    cursor.skip(1)
    const [name, type, space] = [cursor.whole(2), cursor.whole(2), cursor.whole(2)]
    if (version === 3) cursor.skip(1) // the character set
    const unit = version === 1 ? 8 : 1
    if (decode(field(cursor, source, name, unit).bytes(name)) !== wanted) continue
    const datatype = readDatatype(field(cursor, source, type, unit))
    const shape = readShape(field(cursor, source, space, unit))
    return textsOf(source, cursor, datatype, checkedSize(shape, `The attribute '${wanted}'`))
  }
  const info = header.one(messageTypes.attributeInfo)
  if (info) {
    info.skip(1)
    if (info.whole(1) & 1) info.skip(2) // the largest order of creation
    if (info.address() !== undefined) throw foreign("attributes in the newest layout (libver='latest')")
  }
  return undefined
}

function textsOf(
  source: Hdf5Source,
  cursor: Cursor,
  { kind, size }: Datatype,
  count: number,
): string[] | undefined {
  if (kind !== 'text' && kind !== 'long-text') return undefined
  if (count * size > cursor.end - cursor.at) throw broken('an attribute runs past its end')
  const heaps = new Map<number, GlobalHeap>()
  return Array.from({ length: count }, () => {
    if (kind === 'text') return decode(cursor.bytes(size))
    const length = cursor.whole(4)
    const [heap, index] = [cursor.address(), cursor.whole(4)]
    if (heap === undefined || length === 0) return ''
    const objects = heaps.get(heap) ?? readHeap(source, heap)
    heaps.set(heap, objects)
    const found = objects.get(index)
    if (!found || found.length < length) throw broken('a text lies nowhere')
    return decode(found.subarray(0, length))
  })
}

/** The objects of a global heap by their number. */
type GlobalHeap = ReadonlyMap<number, Uint8Array>

function readHeap(source: Hdf5Source, address: number): GlobalHeap {
  const objects = new Map<number, Uint8Array>()
  const start = source.at(address)
  start.expect('GCOL')
  start.skip(4)
  const heap = source.at(address, start.whole(8))
  heap.skip(16)
  while (heap.end - heap.at >= 16) {
    const index = heap.whole(2)
    heap.skip(6)
    const size = heap.whole(8)
    if (index === 0) break
    objects.set(index, source.at(heap.at, size).bytes(size))
    heap.skip(Math.ceil(size / 8) * 8)
  }
  return objects
}
