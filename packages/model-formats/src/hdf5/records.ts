import { broken } from './cursor.ts'
import { widthFor } from './fractal-heap.ts'
import type { Hdf5Source } from './source.ts'

/** Signature, version, type and checksum of a node. */
const overhead = 10

/** A tree of ten levels holds more names than a file has bytes. */
const deepest = 10

/** The records of a B-tree of version 2 (HDF5 file format 3.0, section III.A.2). */
export function readRecords(source: Hdf5Source, address: number): readonly Uint8Array[] {
  const header = source.once(address, 'a tree')
  header.expect('BTHD')
  header.skip(2)
  const [nodeSize, recordSize, depth] = [header.whole(4), header.whole(2), header.whole(2)]
  header.skip(2)
  if (depth > deepest) throw broken(`a tree of ${depth} levels`)
  const root = header.address()
  const count = header.whole(2)
  if (root === undefined || recordSize === 0) return []
  const found: Uint8Array[] = []
  const widths = pointerWidths(nodeSize, recordSize, depth)

  function read(node: number, records: number, level: number): void {
    const cursor = source.once(node, 'a node of a tree')
    cursor.expect(level === 0 ? 'BTLF' : 'BTIN')
    cursor.skip(2)
    for (let record = 0; record < records; record++) found.push(cursor.bytes(recordSize))
    if (level === 0) return
    for (let child = 0; child <= records; child++) {
      const at = cursor.address()
      const below = cursor.whole(widths.records)
      cursor.skip(widths.totals[level] ?? 0)
      if (at === undefined) throw broken('a tree leads nowhere')
      read(at, below, level - 1)
    }
  }

  read(root, count, depth)
  return found
}

/** How many bytes a pointer to a child spends on the counts of its records: in itself, and in all below it. */
function pointerWidths(
  nodeSize: number,
  recordSize: number,
  depth: number,
): { records: number; totals: readonly number[] } {
  const leaf = Math.floor((nodeSize - overhead) / recordSize)
  const records = widthFor(leaf)
  const totals = [0]
  let most = leaf
  for (let level = 1; level <= depth; level++) {
    const total = level > 1 ? widthFor(most) : 0
    totals.push(total)
    const pointer = 8 + records + total
    const here = Math.floor((nodeSize - overhead - pointer) / (recordSize + pointer))
    most = (here + 1) * most + here
  }
  return { records, totals }
}
