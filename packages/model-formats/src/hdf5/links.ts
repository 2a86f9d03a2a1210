import { broken, foreign, openCursor, type Cursor } from './cursor.ts'
import { openFractalHeap } from './fractal-heap.ts'
import { messageTypes, type ObjectHeader } from './object-header.ts'
import { readRecords } from './records.ts'
import type { Hdf5Source } from './source.ts'

/** An entry of a group. */
export interface Link {
  readonly name: string
  /** Where the object's header is. */
  readonly address: number
}

const softLink = 2

/** The entries of a group, or undefined where the object is no group. */
export function readLinks(source: Hdf5Source, header: ObjectHeader): readonly Link[] | undefined {
  const table = header.one(messageTypes.symbolTable)
  if (table) {
    const [tree, heap] = [table.address(), table.address()]
    if (tree === undefined || heap === undefined) throw broken('a group lies nowhere')
    return readTree(source, tree, nameReader(source, heap))
  }
  const info = header.one(messageTypes.linkInfo)
  if (!info) return undefined
  info.skip(1)
  if (info.whole(1) & 1) info.skip(8) // the largest order of creation
  const [heap, index] = [info.address(), info.address()]
  const messages = header.all(messageTypes.link)
  if (heap === undefined) return messages.map(readLink)
  if (index === undefined) throw broken('a group has no index')
  // Large groups keep their links in a heap, and a tree that finds them: a hash of 4 bytes, then the place.
  const find = openFractalHeap(source, heap)
  const stored = readRecords(source, index).map((record) => find(record.subarray(4)))
  return stored.map((bytes) => readLink(openCursor(bytes, 0)))
}

/** A link message (HDF5 file format 3.0, section IV.A.2.g). */
function readLink(cursor: Cursor): Link {
  cursor.skip(1)
  const flags = cursor.whole(1)
  const kind = flags & 0x08 ? cursor.whole(1) : 0
  if (flags & 0x04) cursor.skip(8) // the order of creation
  if (flags & 0x10) cursor.skip(1) // the character set
  const name = new TextDecoder().decode(cursor.bytes(cursor.whole(2 ** (flags & 3))))
  if (kind !== 0) throw foreign(`a soft or external link ('${name}')`)
  const address = cursor.address()
  if (address === undefined) throw broken(`'${name}' lies nowhere`)
  return { name, address }
}

/** Names of a group lie in a heap of their own, each ended by a zero. */
function nameReader(source: Hdf5Source, address: number): (offset: number) => string {
  const cursor = source.at(address)
  cursor.expect('HEAP')
  cursor.skip(4) // version, reserved
  const size = cursor.whole(8)
  cursor.skip(8) // what is free
  const data = cursor.address()
  if (data === undefined) throw broken('the names of a group lie nowhere')
  const names = source.at(data, size).bytes(size)
  return (offset) => {
    const end = names.indexOf(0, offset)
    if (offset > size || end < 0) throw broken('the name of a group or dataset has no end')
    return new TextDecoder().decode(names.subarray(offset, end))
  }
}

/** The leaves of a group's B-tree (version 1), from left to right. */
function readTree(source: Hdf5Source, root: number, nameAt: (offset: number) => string): Link[] {
  const links: Link[] = []
  const pending = [root]
  for (let address = pending.shift(); address !== undefined; address = pending.shift()) {
    const cursor = source.once(address, "a node of a group's tree")
    cursor.expect('TREE')
    const [type, level, count] = [cursor.whole(1), cursor.whole(1), cursor.whole(2)]
    if (type !== 0) throw broken("a group's tree holds no names")
    cursor.skip(16) // the nodes to the left and right
    const children: number[] = []
    for (let entry = 0; entry < count; entry++) {
      cursor.skip(8) // the key
      const child = cursor.address()
      if (child === undefined) throw broken("a group's tree leads nowhere")
      children.push(child)
    }
    if (level > 0) pending.unshift(...children)
    else for (const child of children) links.push(...readLeaf(source, child, nameAt))
  }
  return links
}

function readLeaf(source: Hdf5Source, address: number, nameAt: (offset: number) => string): Link[] {
  const cursor = source.once(address, 'a list of names')
  cursor.expect('SNOD')
  cursor.skip(2)
  return Array.from({ length: cursor.whole(2) }, (): Link => {
    const name = nameAt(cursor.whole(8))
    const header = cursor.address()
    const kind = cursor.whole(4)
    cursor.skip(20)
    if (kind === softLink || header === undefined) throw foreign(`a soft link ('${name}')`)
    return { name, address: header }
  })
}
