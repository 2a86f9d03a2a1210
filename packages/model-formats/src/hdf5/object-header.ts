import { broken, foreign, type Cursor } from './cursor.ts'
import type { Hdf5Source } from './source.ts'

/** What the messages of an object header say (HDF5 file format 3.0, section IV.A.2). */
export const messageTypes = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const

/** The messages of one object, by type. */
export interface ObjectHeader {
  /** A message that an object has once. */
  one(type: number): Cursor | undefined
  all(type: number): readonly Cursor[]
}

interface Message {
  readonly type: number
  readonly start: number
  readonly length: number
}

/** Reads an object header of version 1 or 2 with its continuation blocks. */
export function readObjectHeader(source: Hdf5Source, address: number): ObjectHeader {
  const messages: Message[] = []
  const cursor = source.once(address, 'an object')
  const read = cursor.whole(1) === 1 ? readVersion1 : readVersion2
  read(source, address, messages)
  const open = ({ start, length }: Message) => source.at(start, length)
  return {
    one: (type) => messages.filter((message) => message.type === type).map(open)[0],
    all: (type) => messages.filter((message) => message.type === type).map(open),
  }
}

/** The format counts the messages of an object in 16 bits. */
const mostMessages = 65_535

function refuseTooMany(count: number): void {
  if (count > mostMessages) throw broken(`an object header of more than ${mostMessages} messages`)
}

/** A block of messages: its cursor, and how the head of a message is read. */
function readMessages(block: Cursor, head: (cursor: Cursor) => Message & { shared: boolean }): Message[] {
  const found: Message[] = []
  // A gap shorter than a message's head may end a block.
  while (block.end - block.at >= 8) {
    const { type, length, shared } = head(block)
    const start = block.at
    block.skip(length)
    const isNeeded = type === messageTypes.datatype || type === messageTypes.dataspace
    if (shared && isNeeded) throw foreign('a shared datatype')
    found.push({ type, start, length })
    refuseTooMany(found.length)
  }
  return found
}

/** Follows continuation messages until there are no more. */
function follow(
  source: Hdf5Source,
  first: Message[],
  found: Message[],
  open: (address: number, length: number) => Message[],
): void {
  const pending = [...first]
  for (let message = pending.shift(); message; message = pending.shift()) {
    found.push(message)
    if (message.type !== messageTypes.continuation) continue
    const cursor = source.at(message.start, message.length)
    const address = cursor.address()
    if (address === undefined) throw broken('an object header goes on nowhere')
    pending.push(...open(address, cursor.whole(8)))
    refuseTooMany(found.length + pending.length)
  }
}

function readVersion1(source: Hdf5Source, address: number, found: Message[]): void {
  const cursor = source.at(address)
  cursor.skip(8) // version, reserved, number of messages, reference count
  const size = cursor.whole(4)
  const read = (block: Cursor) =>
    readMessages(block, (at) => {
      const [type, length, flags] = [at.whole(2), at.whole(2), at.whole(1)]
      at.skip(3)
      return { type, start: 0, length, shared: (flags & 2) !== 0 }
    })
  const first = read(source.at(address + 16, size))
  follow(source, first, found, (at, length) =>
    read(source.once(at, "an object header's second part", length)),
  )
}

function readVersion2(source: Hdf5Source, address: number, found: Message[]): void {
  const cursor = source.at(address)
  cursor.expect('OHDR')
  const [version, flags] = [cursor.whole(1), cursor.whole(1)]
  if (version !== 2) throw broken(`an object header of version ${version}`)
  if (flags & 0x20) cursor.skip(16) // times
  if (flags & 0x10) cursor.skip(4) // how many attributes are compact
  const size = cursor.whole(2 ** (flags & 3))
  const read = (block: Cursor) =>
    readMessages(block, (at) => {
      const [type, length, bits] = [at.whole(1), at.whole(2), at.whole(1)]
      if (flags & 4) at.skip(2) // the order of creation
      return { type, start: 0, length, shared: (bits & 2) !== 0 }
    })
  follow(source, read(source.at(cursor.at, size)), found, (at, length) => {
    const block = source.once(at, "an object header's second part", length)
    block.expect('OCHK')
    return read(source.at(at + 4, length - 8))
  })
}
