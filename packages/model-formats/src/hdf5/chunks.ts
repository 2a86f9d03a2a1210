import { unzlibSync } from 'fflate'
import { checkedSize } from '../weights/limits.ts'
import { broken, foreign } from './cursor.ts'
import { messageTypes, type ObjectHeader } from './object-header.ts'
import { createSource, type Hdf5Source } from './source.ts'

interface Chunked {
  readonly shape: readonly number[]
  readonly chunk: readonly number[]
  /** Bytes of a value. */
  readonly width: number
  /** Numbers of the filters that a chunk went through, in order. */
  readonly filters: readonly number[]
}

const deflate = 1
const shuffle = 2
const fletcher = 3

/** Deflate makes at most this many bytes of one. */
const largestGain = 1032

/** The filters of a dataset. */
export function readFilters(header: ObjectHeader): number[] {
  const cursor = header.one(messageTypes.filters)
  if (!cursor) return []
  const [version, count] = [cursor.whole(1), cursor.whole(1)]
  if (version === 1) cursor.skip(6)
  return Array.from({ length: count }, () => {
    const id = cursor.whole(2)
    if (id !== deflate && id !== shuffle && id !== fletcher) throw foreign(`the compression filter ${id}`)
    const nameLength = version === 1 ? cursor.whole(2) : 0
    cursor.skip(2)
    const values = cursor.whole(2)
    cursor.skip(nameLength + 4 * (version === 1 ? values + (values % 2) : values))
    return id
  })
}

/** Refuses what `stored` bytes cannot unpack to, before memory is taken for it. */
function refuseBomb(size: number, stored: number, filters: readonly number[], what: string): void {
  const gain = largestGain ** filters.filter((filter) => filter === deflate).length
  if (size > stored * gain) throw broken(`${what} declares ${size} bytes, and ${stored} are stored`)
}

/** Puts bytes of one place in all values together again. */
function unshuffled(bytes: Uint8Array, width: number): Uint8Array {
  const count = Math.floor(bytes.length / width)
  const result = bytes.slice()
  for (let place = 0; place < width; place++)
    for (let index = 0; index < count; index++)
      result[index * width + place] = bytes[place * count + index] as number
  return result
}

function inflated(bytes: Uint8Array, size: number): Uint8Array {
  try {
    return unzlibSync(bytes, { out: new Uint8Array(size) })
  } catch (cause) {
    throw broken(`a compressed chunk cannot be unpacked: ${(cause as Error).message}`)
  }
}

function unfiltered(stored: Uint8Array, { filters, width }: Chunked, mask: number, size: number): Uint8Array {
  refuseBomb(size, stored.length, filters, 'a chunk')
  let bytes = stored
  for (const [index, filter] of [...filters.entries()].toReversed()) {
    if (mask & (1 << index)) continue
    if (filter === fletcher) bytes = bytes.subarray(0, -4)
    else if (filter === shuffle) bytes = unshuffled(bytes, width)
    // The result has a fixed size, so that a chunk cannot unpack to more.
    else bytes = inflated(bytes, size)
  }
  if (bytes.length !== size) throw broken(`a chunk of ${bytes.length} bytes instead of ${size}`)
  return bytes
}

/** Reads a dataset that is stored in pieces, found by a B-tree (version 1). */
export function readChunks(source: Hdf5Source, root: number | undefined, settings: Chunked): Uint8Array {
  const { shape, chunk, width, filters } = settings
  const size = checkedSize(chunk, 'A chunk') * width
  const total = checkedSize(shape, 'A dataset') * width
  refuseBomb(total, source.bytes.length, filters, 'a dataset')
  // Of its own, so that a dataset can be read again.
  const nodes = createSource(source.bytes)
  const result = new Uint8Array(total)
  const origins = new Set<string>()
  const pending = root === undefined ? [] : [root]
  let filled = 0
  for (let address = pending.shift(); address !== undefined; address = pending.shift()) {
    const cursor = nodes.once(address, "a node of a dataset's tree")
    cursor.expect('TREE')
    const [type, level, count] = [cursor.whole(1), cursor.whole(1), cursor.whole(2)]
    if (type !== 1) throw broken("a dataset's tree holds no chunks")
    cursor.skip(16)
    for (let entry = 0; entry < count; entry++) {
      const [stored, mask] = [cursor.whole(4), cursor.whole(4)]
      const origin = shape.map(() => cursor.whole(8))
      cursor.skip(8)
      const child = cursor.address()
      if (child === undefined) throw broken("a dataset's tree leads nowhere")
      if (level > 0) pending.push(child)
      else {
        const isOnGrid = origin.every((start, axis) => start % (chunk[axis] as number) === 0)
        if (!isOnGrid || origins.has(origin.join())) throw broken('two chunks of a dataset overlap')
        origins.add(origin.join())
        const bytes = nodes.once(child, 'a chunk', stored).bytes(stored)
        filled += place(unfiltered(bytes, settings, mask, size), origin, settings, result)
      }
    }
  }
  if (filled !== result.length) throw broken('chunks of a dataset are missing')
  return result
}

/** Copies a chunk row by row to where it belongs; what reaches over the edge is dropped. Returns the bytes copied. */
function place(
  bytes: Uint8Array,
  origin: readonly number[],
  { shape, chunk, width }: Chunked,
  result: Uint8Array,
): number {
  const extent = chunk.map((size, axis) => Math.min(size, (shape[axis] as number) - (origin[axis] as number)))
  if (extent.some((size) => size <= 0)) throw broken('a chunk lies outside its dataset')
  const rows = extent.slice(0, -1).reduce((product, size) => product * size, 1)
  const length = (extent.at(-1) ?? 1) * width
  for (let row = 0; row < rows; row++) {
    let rest = row
    let [from, to] = [0, origin.at(-1) ?? 0]
    let [fromStep, toStep] = [chunk.at(-1) ?? 1, shape.at(-1) ?? 1]
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      const position = rest % (extent[axis] as number)
      rest = Math.floor(rest / (extent[axis] as number))
      from += position * fromStep
      to += ((origin[axis] as number) + position) * toStep
      fromStep *= chunk[axis] as number
      toStep *= shape[axis] as number
    }
    result.set(bytes.subarray(from * width, from * width + length), to * width)
  }
  return rows * length
}
