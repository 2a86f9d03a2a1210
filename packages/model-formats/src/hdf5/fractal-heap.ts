import { broken, foreign } from './cursor.ts'
import type { Hdf5Source } from './source.ts'

/** Bytes that hold any whole number up to `limit`. */
export function widthFor(limit: number): number {
  return Math.floor(Math.log2(Math.max(limit, 1)) / 8) + 1
}

/** Where a block of a heap lies, and which offsets of the heap it holds. */
interface Block {
  readonly address: number
  readonly offset: number
  readonly size: number
}

/**
 * Opens a heap in which newer files keep the names of large groups (HDF5 file format 3.0, section III.G). Returns what
 * finds an object by its id.
 */
export function openFractalHeap(source: Hdf5Source, address: number): (id: Uint8Array) => Uint8Array {
  const header = source.once(address, 'a heap')
  header.expect('FRHP')
  header.skip(3) // version, length of ids
  if (header.whole(2) > 0) throw foreign('a compressed heap')
  header.skip(1)
  const largestObject = header.whole(4)
  header.skip(12 * 8) // huge and tiny objects, free space, counts
  const width = header.whole(2)
  const [firstSize, largestDirect] = [header.whole(8), header.whole(8)]
  const offsetWidth = Math.ceil(header.whole(2) / 8)
  header.skip(2)
  const root = header.address()
  const rows = header.whole(2)
  const blocks =
    root === undefined
      ? []
      : rows === 0
        ? [{ address: root, offset: 0, size: firstSize }]
        : directBlocks(source, root, { rows, width, firstSize, largestDirect, offsetWidth })
  const lengthWidth = Math.min(widthFor(largestDirect), widthFor(largestObject))

  return (id) => {
    if (((id[0] ?? 0) & 0x30) !== 0) throw foreign('a heap of large objects')
    const whole = (from: number, count: number) =>
      id.subarray(from, from + count).reduceRight((sum, byte) => sum * 256 + byte, 0)
    const [offset, length] = [whole(1, offsetWidth), whole(1 + offsetWidth, lengthWidth)]
    const block = blocks.find((item) => offset >= item.offset && offset + length <= item.offset + item.size)
    if (!block) throw broken('an object of a heap lies nowhere')
    return source.at(block.address + offset - block.offset, length).bytes(length)
  }
}

interface Layout {
  readonly rows: number
  readonly width: number
  readonly firstSize: number
  readonly largestDirect: number
  readonly offsetWidth: number
}

/** The blocks that an indirect block points to; rows double in size from the second on. */
function directBlocks(source: Hdf5Source, address: number, layout: Layout): Block[] {
  const { rows, width, firstSize, largestDirect, offsetWidth } = layout
  const cursor = source.once(address, 'a block of a heap')
  cursor.expect('FHIB')
  cursor.skip(1 + 8 + offsetWidth)
  const blocks: Block[] = []
  let offset = 0
  for (let row = 0; row < rows; row++) {
    const size = firstSize * 2 ** Math.max(row - 1, 0)
    if (size > largestDirect) throw foreign('a heap of heaps')
    for (let column = 0; column < width; column++) {
      const block = cursor.address()
      if (block !== undefined) blocks.push({ address: block, offset, size })
      offset += size
    }
  }
  return blocks
}
