import type { DType } from '../tensor.ts'
import type { Graph } from './graph.ts'
import type { OpName, Operators } from './operators.ts'
import type { Shape } from './shape.ts'

/** What is known of a value's sign for every input and every weight state. */
export type Sign = 'zero' | 'nonnegative' | 'nonpositive' | 'any'

/** One application of an operator. Nodes are numbered in the order they were made, which is an order of execution. */
export interface Node<K extends OpName = OpName> {
  readonly id: number
  readonly op: K
  readonly inputs: readonly Value[]
  readonly attributes: Operators[K]
  readonly outputs: readonly Value[]
  /** The layer of the model this node came from; absent in expressions that rules and methods build. */
  readonly layer?: string
}

/** An immutable handle on what a node computes. */
export interface Value {
  readonly graph: Graph
  readonly node: Node
  /** Which of the node's outputs this is. */
  readonly slot: number
  readonly shape: Shape
  readonly dtype: DType
  readonly sign: Sign
}

/** Narrows a node to one operator. */
export function isNode<K extends OpName>(node: Node, op: K): node is Node<K> {
  return node.op === (op as OpName)
}

/** The attributes of `value`'s node if it was made by `op`, else undefined. */
export function madeBy<K extends OpName>(value: Value, op: K): Node<K> | undefined {
  return isNode(value.node, op) ? value.node : undefined
}
