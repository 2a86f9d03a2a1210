import type { Dim, FloatTensor, Ops, Shape, Value } from '@saliency/core'
import type { BatchPlace } from '../batch/batch-place.ts'
import type { ConstantTensor } from '../constant/constant-tensor.ts'
import type { Initializers } from '../default-initializers.ts'
import type { Product } from '../product.ts'
import type { ParameterRequest } from '../parameter-table.ts'
import type { AttributeReader } from './attributes.ts'

/** What flows along an edge: known while importing, or computed from the image. */
export type Entry = ConstantTensor | Value

/** Narrows to what is known while importing. */
export function isConstant(entry: Entry): entry is ConstantTensor {
  return 'isTrained' in entry
}

/** One node during import. */
export interface NodeCall {
  /** The layer's name, unique in the model. */
  readonly name: string
  readonly op: string
  /** The version of the operator set that the file asks for. */
  readonly opset: number
  readonly attributes: AttributeReader
  /** Verbatim builders that tag nodes with this layer. */
  readonly ops: Ops
  readonly inputs: readonly (Entry | undefined)[]
  readonly outputCount: number
  /** How kernels and biases are drawn by the library that wrote the file. */
  readonly initializers: Initializers
  has(index: number): boolean
  /** The same node with other inputs: what it computes from weights and signals that are no longer quantised. */
  withInputs(inputs: readonly (Entry | undefined)[]): NodeCall
  /** An input as a value of the graph; known numbers become constants or parameters. */
  value(index: number): Value
  /** Where an input holds the batch; undefined where it is the same for every image. */
  batchOf(value: Value): BatchPlace | undefined
  /** All inputs as values, what is known repeated for every image where the others need it. */
  operands(settings?: { readonly isJoined: boolean }): readonly Value[]
  /** An input that must be known, its sizes those for one image. @throws UNSUPPORTED_MODEL when it is computed from the image. */
  constant(index: number): ConstantTensor
  /** The sizes that a known input holds, the batch among them where the file reads it from the image. */
  sizes(index: number): readonly Dim[]
  /** A known input as a parameter; one weight that several nodes use is one parameter. */
  parameter(index: number, request: ParameterRequest): Value
  /** A new parameter from data worked out while importing. */
  newParameter(data: FloatTensor, request: ParameterRequest): Value
  /**
   * `x` in another shape, given for one image or with the batch named; each image stays by itself.
   * @throws UNSUPPORTED_MODEL where no axis of that shape can hold the batch.
   */
  reshaped(x: Value, shape: Shape): Value
  /** The product in front, if this node is the only reader of it and it has no bias yet: see {@link Product}. */
  productBefore(value: Value): Product | undefined
  /** Says that this node's result is a product that may take a bias from the node behind it. */
  offerProduct(value: Value, product: Product): void
}

/** Imports one node: its outputs. */
export type OperatorImporter = (call: NodeCall) => readonly Entry[]
