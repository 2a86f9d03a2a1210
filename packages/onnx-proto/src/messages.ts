/** Element types of tensors, as `TensorProto.DataType` numbers them. */
export const dataTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const

/** Kinds of attributes, as `AttributeProto.AttributeType` numbers them. */
export const attributeTypes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
} as const

/** A key with a value: metadata, or where external data lies (`location`, `offset`, `length`). */
export interface StringStringEntry {
  key?: string
  value?: string
}

/** A version of an operator set; the empty domain is ONNX's own. */
export interface OperatorSetId {
  domain?: string
  version?: number
}

/** A dense tensor; its values are in exactly one of the data fields, in another file, or absent. */
export interface TensorProto {
  dims?: number[]
  /** One of {@link dataTypes}. */
  dataType?: number
  floatData?: Float32Array
  /** Also holds the narrower integers, booleans and the bits of 16-bit floats. */
  int32Data?: number[]
  stringData?: Uint8Array[]
  int64Data?: bigint[]
  doubleData?: number[]
  uint64Data?: bigint[]
  name?: string
  /** Little-endian, row-major. A view of the decoded bytes, possibly unaligned; not a copy. */
  rawData?: Uint8Array
  externalData?: StringStringEntry[]
  /** 1 when the values lie in another file. */
  dataLocation?: number
  docString?: string
}

/** One attribute of a node. */
export interface AttributeProto {
  name?: string
  refAttrName?: string
  /** One of {@link attributeTypes}. */
  type?: number
  f?: number
  i?: number
  s?: string
  t?: TensorProto
  g?: GraphProto
  floats?: number[]
  ints?: number[]
  strings?: string[]
  tensors?: TensorProto[]
  graphs?: GraphProto[]
  docString?: string
}

/** One application of an operator; an empty input or output name means that it is left out. */
export interface NodeProto {
  input?: string[]
  output?: string[]
  name?: string
  opType?: string
  domain?: string
  attribute?: AttributeProto[]
  docString?: string
  metadataProps?: StringStringEntry[]
}

/** A size: a number, or a name for one that is known only at run time. */
export interface Dimension {
  dimValue?: number
  dimParam?: string
}

/** Sizes of all axes. */
export interface TensorShape {
  dim?: Dimension[]
}

/** Element type and shape. */
export interface TensorType {
  elemType?: number
  shape?: TensorShape
}

/** The type of a value; only tensors are read. */
export interface TypeProto {
  tensorType?: TensorType
}

/** A named value with its type. */
export interface ValueInfo {
  name?: string
  type?: TypeProto
  docString?: string
}

/** A graph: nodes in order of execution, initializers, inputs and outputs. */
export interface GraphProto {
  node?: NodeProto[]
  name?: string
  initializer?: TensorProto[]
  docString?: string
  input?: ValueInfo[]
  output?: ValueInfo[]
  valueInfo?: ValueInfo[]
}

/** A function of a model's own: nodes that a node of its domain and name stands for. */
export interface FunctionProto {
  name?: string
  /** Names of its inputs, of its outputs, and of the attributes that a call gives. */
  input?: string[]
  output?: string[]
  attribute?: string[]
  node?: NodeProto[]
  docString?: string
  opsetImport?: OperatorSetId[]
  domain?: string
  /** Attributes with standard values. */
  attributeProto?: AttributeProto[]
}

/** An ONNX file. */
export interface ModelProto {
  irVersion?: number
  producerName?: string
  producerVersion?: string
  domain?: string
  modelVersion?: number
  docString?: string
  graph?: GraphProto
  opsetImport?: OperatorSetId[]
  metadataProps?: StringStringEntry[]
  functions?: FunctionProto[]
}

/** All messages by their name in `onnx.proto`. */
export interface Messages {
  ModelProto: ModelProto
  GraphProto: GraphProto
  FunctionProto: FunctionProto
  NodeProto: NodeProto
  AttributeProto: AttributeProto
  TensorProto: TensorProto
  ValueInfoProto: ValueInfo
  TypeProto: TypeProto
  Tensor: TensorType
  TensorShapeProto: TensorShape
  Dimension: Dimension
  OperatorSetIdProto: OperatorSetId
  StringStringEntryProto: StringStringEntry
}
