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

/** Messages inside one another, as many as other readers of the format take. */
const DEEPEST = 100

/** Adds to a repeated field: one value, or, when packed, all of them. Files may come with one at a time, a million times. */
function readInto<T>(values: T[], reader: Reader, wireType: number, read: () => T): T[] {
  if (wireType !== lengthDelimited) {
    values.push(read())
    return values
  }
  const end = reader.uint32() + reader.pos
  while (reader.pos < end) values.push(read())
  return values
}

/** Floats stay as they were read, packed or number by number, until their message ends. */
function readFloats(old: unknown, reader: Reader, wireType: number): Float32Array | number[] {
  if (wireType === lengthDelimited && old === undefined) {
    // A copy, because the file's bytes need not be aligned.
    return new Float32Array(Uint8Array.from(reader.bytes()).buffer)
  }
  const values = Array.isArray(old) ? (old as number[]) : Array.from((old as Float32Array | undefined) ?? [])
  return readInto(values, reader, wireType, () => reader.float())
}

function readField(reader: Reader, kind: Kind, wireType: number, old: unknown, depth: number): unknown {
  const into = <T>(read: () => T) => readInto((old as T[] | undefined) ?? [], reader, wireType, read)
  const append = <T>(value: T) => {
    const values = (old as T[] | undefined) ?? []
    values.push(value)
    return values
  }
  if (typeof kind === 'object') {
    const value = readMessage(reader, kind.message, reader.uint32(), depth + 1)
    return kind.repeated ? append(value) : value
  }
  switch (kind) {
    case 'int':
      return numberOf(reader.int64())
    case 'ints':
    case 'packed-ints':
      return into(() => numberOf(reader.int64()))
    case 'packed-bigints':
      return into(() => bigOf(reader.int64()))
    case 'float':
      return reader.float()
    case 'floats':
      return into(() => reader.float())
    case 'packed-floats':
      return readFloats(old, reader, wireType)
    case 'packed-doubles':
      return into(() => reader.double())
    case 'string':
      return reader.string()
    case 'strings':
      return append(reader.string())
    case 'bytes':
      return reader.bytes()
    case 'byte-arrays':
      return append(reader.bytes())
  }
}

function readMessage(reader: Reader, message: keyof Messages, length: number, depth = 1): Fields {
  if (depth > DEEPEST) throw new RangeError(`it holds more than ${DEEPEST} messages inside one another`)
  const end = reader.pos + length
  if (end > reader.len) throw new RangeError('it ends in the middle of a message')
  const fields = byNumber.get(message)
  const result: Fields = {}
  while (reader.pos < end) {
    const tag = reader.uint32()
    const field = fields?.get(tag >>> 3)
    if (field) {
      result[field.property] = readField(reader, field.kind, tag & 7, result[field.property], depth)
    } else {
      reader.skipType(tag & 7)
    }
  }
  for (const { property, kind } of fields?.values() ?? [])
    if (kind === 'packed-floats' && Array.isArray(result[property]))
      result[property] = Float32Array.from(result[property] as number[])
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
