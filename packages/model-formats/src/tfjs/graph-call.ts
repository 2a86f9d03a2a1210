import { type Ops, type Value } from '@saliency/core'
import type { ConstantTensor } from '../constant/constant-tensor.ts'
import type { SourceValue } from '../source-value.ts'
import type { ParameterRequest } from '../parameter-table.ts'
import type { Product } from '../product.ts'
import type { GraphAttributes } from './graph-def.ts'

/** What flows along an edge: known while importing, or computed from the image. */
export type GraphEntry = ConstantTensor | SourceValue

/** Narrows to what is known while importing. */
export function isConstantEntry(entry: GraphEntry): entry is ConstantTensor {
  return 'isTrained' in entry
}

/** One node of a graph model during import. */
export interface GraphCall {
  readonly name: string
  readonly op: string
  readonly attributes: GraphAttributes
  readonly ops: Ops
  readonly inputs: readonly GraphEntry[]
  readonly outputCount: number
  /** An input computed from the image. @throws UNSUPPORTED_MODEL when it is known. */
  sourceValue(index: number): SourceValue
  /** An input that must be known. @throws UNSUPPORTED_MODEL when it is computed from the image. */
  constant(index: number): ConstantTensor
  /** A known input as a parameter. */
  parameter(index: number, request: ParameterRequest): Value
  /** A constant tensor that is no input of its own as a parameter. */
  declare(known: ConstantTensor, request: ParameterRequest): Value
  /** A constant tensor as an operand beside `source`: aligned as NumPy broadcasts, in the graph's order of axes. */
  operand(known: ConstantTensor, source: SourceValue): Value
  /** Builders of a second layer behind this one, `conv/relu`, for an activation fused into the node. */
  following(suffix: string, kind: string): Ops
  /** The product in front, if this node is its only reader. */
  productBefore(source: SourceValue): Product | undefined
  offerProduct(value: Value, product: Product): void
}

/** Imports one node: its outputs. */
export type GraphImporter = (call: GraphCall) => readonly GraphEntry[]

/** Imports a node with one output. */
export const single =
  (importer: (call: GraphCall) => GraphEntry): GraphImporter =>
  (call) => [importer(call)]
