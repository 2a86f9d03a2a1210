import type { Messages } from './messages.ts'

/** How one field is written; plural kinds are repeated, `packed-` ones are written packed (and read either way). */
export type Kind =
  | 'int'
  | 'ints'
  | 'packed-ints'
  | 'packed-bigints'
  | 'float'
  | 'floats'
  | 'packed-floats'
  | 'packed-doubles'
  | 'string'
  | 'strings'
  | 'bytes'
  | 'byte-arrays'
  | { readonly message: keyof Messages; readonly repeated: boolean }

/** One field of a message. */
export interface Field {
  readonly number: number
  readonly kind: Kind
}

/** A message's fields by property name: a missing or misspelt one does not compile. */
type Schema = { readonly [M in keyof Messages]: { readonly [F in keyof Required<Messages[M]>]: Field } }

const field = (number: number, kind: Kind): Field => ({ number, kind })
const one = (number: number, message: keyof Messages): Field => field(number, { message, repeated: false })
const many = (number: number, message: keyof Messages): Field => field(number, { message, repeated: true })

/** The part of `onnx.proto` that inference models use; other fields are skipped. */
export const schema: Schema = {
  ModelProto: {
    irVersion: field(1, 'int'),
    producerName: field(2, 'string'),
    producerVersion: field(3, 'string'),
    domain: field(4, 'string'),
    modelVersion: field(5, 'int'),
    docString: field(6, 'string'),
    graph: one(7, 'GraphProto'),
    opsetImport: many(8, 'OperatorSetIdProto'),
    metadataProps: many(14, 'StringStringEntryProto'),
    functions: many(25, 'FunctionProto'),
  },
  FunctionProto: {
    name: field(1, 'string'),
    input: field(4, 'strings'),
    output: field(5, 'strings'),
    attribute: field(6, 'strings'),
    node: many(7, 'NodeProto'),
    docString: field(8, 'string'),
    opsetImport: many(9, 'OperatorSetIdProto'),
    domain: field(10, 'string'),
    attributeProto: many(11, 'AttributeProto'),
  },
  GraphProto: {
    node: many(1, 'NodeProto'),
    name: field(2, 'string'),
    initializer: many(5, 'TensorProto'),
    docString: field(10, 'string'),
    input: many(11, 'ValueInfoProto'),
    output: many(12, 'ValueInfoProto'),
    valueInfo: many(13, 'ValueInfoProto'),
  },
  NodeProto: {
    input: field(1, 'strings'),
    output: field(2, 'strings'),
    name: field(3, 'string'),
    opType: field(4, 'string'),
    attribute: many(5, 'AttributeProto'),
    docString: field(6, 'string'),
    domain: field(7, 'string'),
    metadataProps: many(9, 'StringStringEntryProto'),
  },
  AttributeProto: {
    name: field(1, 'string'),
    f: field(2, 'float'),
    i: field(3, 'int'),
    s: field(4, 'string'),
    t: one(5, 'TensorProto'),
    g: one(6, 'GraphProto'),
    floats: field(7, 'floats'),
    ints: field(8, 'ints'),
    strings: field(9, 'strings'),
    tensors: many(10, 'TensorProto'),
    graphs: many(11, 'GraphProto'),
    docString: field(13, 'string'),
    type: field(20, 'int'),
    refAttrName: field(21, 'string'),
  },
  TensorProto: {
    dims: field(1, 'ints'),
    dataType: field(2, 'int'),
    floatData: field(4, 'packed-floats'),
    int32Data: field(5, 'packed-ints'),
    stringData: field(6, 'byte-arrays'),
    int64Data: field(7, 'packed-bigints'),
    name: field(8, 'string'),
    rawData: field(9, 'bytes'),
    doubleData: field(10, 'packed-doubles'),
    uint64Data: field(11, 'packed-bigints'),
    docString: field(12, 'string'),
    externalData: many(13, 'StringStringEntryProto'),
    dataLocation: field(14, 'int'),
  },
  ValueInfoProto: { name: field(1, 'string'), type: one(2, 'TypeProto'), docString: field(3, 'string') },
  TypeProto: { tensorType: one(1, 'Tensor') },
  Tensor: { elemType: field(1, 'int'), shape: one(2, 'TensorShapeProto') },
  TensorShapeProto: { dim: many(1, 'Dimension') },
  Dimension: { dimValue: field(1, 'int'), dimParam: field(2, 'string') },
  OperatorSetIdProto: { domain: field(1, 'string'), version: field(2, 'int') },
  StringStringEntryProto: { key: field(1, 'string'), value: field(2, 'string') },
}
