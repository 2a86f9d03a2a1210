import protobuf from 'protobufjs/minimal.js'
import { longOf } from './integer.ts'
import type { Messages, ModelProto } from './messages.ts'
import { schema, type Field, type Kind } from './schema.ts'

type Writer = protobuf.Writer

/** Fields of each message in the order of their numbers, as protobuf asks. */
const ordered = new Map<string, readonly (readonly [property: string, field: Field])[]>(
  Object.entries(schema).map(([message, fields]) => [
    message,
    Object.entries<Field>(fields).toSorted(([, a], [, b]) => a.number - b.number),
  ]),
)

const wire = { varint: 0, delimited: 2, fixed32: 5 }
const tag = (number: number, type: number) => (number << 3) | type

function writeInteger(writer: Writer, value: number | bigint): void {
  const small = typeof value === 'number' && value >= 0 && value < 2 ** 31
  if (small) writer.uint32(value)
  else writer.int64(longOf(value))
}

function writeField(writer: Writer, { number, kind }: Field, value: unknown): void {
  if (typeof kind === 'object') {
    for (const item of kind.repeated ? (value as unknown[]) : [value]) {
      writer.uint32(tag(number, wire.delimited)).fork()
      writeMessage(writer, kind.message, item as object)
      writer.ldelim()
    }
    return
  }
  writeScalars(writer, number, kind, value)
}

function writeScalars(writer: Writer, number: number, kind: Kind & string, value: unknown): void {
  switch (kind) {
    case 'int':
    case 'ints':
      for (const item of [value].flat() as number[]) {
        writeInteger(writer.uint32(tag(number, wire.varint)), item)
      }
      return
    case 'packed-ints':
    case 'packed-bigints':
      writer.uint32(tag(number, wire.delimited)).fork()
      for (const item of value as (number | bigint)[]) writeInteger(writer, item)
      writer.ldelim()
      return
    case 'float':
    case 'floats':
      for (const item of [value].flat() as number[]) writer.uint32(tag(number, wire.fixed32)).float(item)
      return
    case 'packed-floats':
    case 'packed-doubles':
      writer.uint32(tag(number, wire.delimited)).fork()
      for (const item of value as Iterable<number>) {
        if (kind === 'packed-floats') writer.float(item)
        else writer.double(item)
      }
      writer.ldelim()
      return
    case 'string':
    case 'strings':
      for (const item of [value].flat() as string[]) {
        writer.uint32(tag(number, wire.delimited)).string(item)
      }
      return
    case 'bytes':
    case 'byte-arrays':
      for (const item of [value].flat() as Uint8Array[]) {
        writer.uint32(tag(number, wire.delimited)).bytes(item)
      }
  }
}

function writeMessage(writer: Writer, message: keyof Messages, fields: object): void {
  for (const [property, field] of ordered.get(message) ?? []) {
    const value = (fields as Record<string, unknown>)[property]
    if (value !== undefined) writeField(writer, field, value)
  }
}

/** Writes an ONNX file. */
export function encodeModel(model: ModelProto): Uint8Array {
  const writer = protobuf.Writer.create()
  writeMessage(writer, 'ModelProto', model)
  const { buffer, byteOffset, byteLength } = writer.finish()
  // Node's Buffer is not the plain array that other code compares with.
  return new Uint8Array(buffer, byteOffset, byteLength)
}
