import protobuf from 'protobufjs/minimal.js'
import { bigOf, numberOf } from './integer.ts'
import type { Messages, ModelProto } from './messages.ts'
import { schema, type Field, type Kind } from './schema.ts'

type Reader = protobuf.Reader
type Fields = Record<string, unknown>

/** Field number → property and kind, per message. */
const byNumber = new Map<string, Map<number, Field & { property: string }>>(
  Object.entries(schema).map(([message, fields]) => [
    message,
    new Map(Object.entries<Field>(fields).map(([property, field]) => [field.number, { ...field, property }])),
  ]),
)

const lengthDelimited = 2

/** Reads a scalar of a repeated field: one value, or, when packed, all of them. */
function readPacked<T>(reader: Reader, wireType: number, read: () => T): T[] {
  if (wireType !== lengthDelimited) return [read()]
  const end = reader.uint32() + reader.pos
  const values: T[] = []
  while (reader.pos < end) values.push(read())
  return values
}

function readFloats(reader: Reader, wireType: number): Float32Array {
  if (wireType !== lengthDelimited) return Float32Array.of(reader.float())
  // A copy, because the file's bytes need not be aligned.
  return new Float32Array(Uint8Array.from(reader.bytes()).buffer)
}

function joinFloats(old: Float32Array | undefined, added: Float32Array): Float32Array {
  if (!old) return added
  const joined = new Float32Array(old.length + added.length)
  joined.set(old)
  joined.set(added, old.length)
  return joined
}

function readField(reader: Reader, kind: Kind, wireType: number, old: unknown): unknown {
  const append = (values: readonly unknown[]) => (old ? [...(old as unknown[]), ...values] : values)
  if (typeof kind === 'object') {
    const value = readMessage(reader, kind.message, reader.uint32())
    if (!kind.repeated) return value
    if (!old) return [value]
    ;(old as unknown[]).push(value)
    return old
  }
  switch (kind) {
    case 'int':
      return numberOf(reader.int64())
    case 'ints':
    case 'packed-ints':
      return append(readPacked(reader, wireType, () => numberOf(reader.int64())))
    case 'packed-bigints':
      return append(readPacked(reader, wireType, () => bigOf(reader.int64())))
    case 'float':
      return reader.float()
    case 'floats':
      return append(readPacked(reader, wireType, () => reader.float()))
    case 'packed-floats':
      return joinFloats(old as Float32Array | undefined, readFloats(reader, wireType))
    case 'packed-doubles':
      return append(readPacked(reader, wireType, () => reader.double()))
    case 'string':
      return reader.string()
    case 'strings':
      return append([reader.string()])
    case 'bytes':
      return reader.bytes()
    case 'byte-arrays':
      return append([reader.bytes()])
  }
}

function readMessage(reader: Reader, message: keyof Messages, length: number): Fields {
  const end = reader.pos + length
  if (end > reader.len) throw new RangeError('it ends in the middle of a message')
  const fields = byNumber.get(message)
  const result: Fields = {}
  while (reader.pos < end) {
    const tag = reader.uint32()
    const field = fields?.get(tag >>> 3)
    if (field) {
      result[field.property] = readField(reader, field.kind, tag & 7, result[field.property])
    } else {
      reader.skipType(tag & 7)
    }
  }
  return result
}

/**
 * Reads an ONNX file. Tensors' raw data are views of `bytes`, not copies; fields that are absent in the file are absent
 * in the result, and fields of no use for inference are skipped.
 * @throws Error when the bytes are not a whole ONNX model.
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  let model: ModelProto
  try {
    // A plain view, because slices of Node's Buffer are Buffers.
    const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    model = readMessage(new protobuf.Reader(view), 'ModelProto', view.length) as ModelProto
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`The file is not an ONNX model, or it is truncated (${reason}).`, { cause })
  }
  if (!model.graph) throw new Error('The file is not an ONNX model: it holds no graph.')
  return model
}
