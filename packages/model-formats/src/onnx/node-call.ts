import type { FloatTensor, Initializer, Ops, ParameterRole, Value } from '@saliency/core'
import type { Known } from '../constant/known.ts'
import type { AttributeReader } from './attributes.ts'

/** What flows along an edge: known while importing, or computed from the image. */
export type Entry = Known | Value

/** Narrows to what is known while importing. */
export function isKnown(entry: Entry): entry is Known {
  return 'isTrained' in entry
}

/** What a parameter is, beyond its data. */
export interface ParameterRequest {
  readonly role: ParameterRole
  /** The parameter's name behind the layer's; default the role. */
  readonly name?: string
  readonly initializer?: Initializer
  /** Brings the data to the graph's order of axes; default: as it is. */
  readonly arrange?: (stored: FloatTensor) => FloatTensor
  /** Tells arrangements of one weight apart where two nodes use it differently. */
  readonly arrangement?: string
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
  /** True once a layer with a kernel has been met: numbers before it are preprocessing, not parameters. */
  readonly isBehindKernel: boolean
  has(index: number): boolean
  /** An input as a value of the graph; known numbers become constants or parameters. */
  value(index: number): Value
  /** An input that must be known. @throws UNSUPPORTED_MODEL when it is computed from the image. */
  known(index: number): Known
  /** A known input as a parameter; one weight that several nodes use is one parameter. */
  parameter(index: number, request: ParameterRequest): Value
  /** A new parameter from data worked out while importing. */
  newParameter(data: FloatTensor, request: ParameterRequest): Value
  /** The product in front, if this node is the only reader of it and it has no bias yet: see {@link Product}. */
  productBefore(value: Value): Product | undefined
  /** Says that this node's result is a product that may take a bias from the node behind it. */
  offerProduct(value: Value, product: Product): void
}

/** A convolution or matrix product that a following addition of a vector completes with its bias. */
export interface Product {
  /** Length of the bias. */
  readonly size: number
  /** Makes the whole layer under the product's own name. */
  withBias(bias: Known): Value
}

/** Initialisers by what they draw. */
export interface Initializers {
  readonly kernel: Initializer
  bias(fanIn: number): Initializer
}

/** Imports one node: its outputs. */
export type OperatorImporter = (call: NodeCall) => readonly Entry[]
