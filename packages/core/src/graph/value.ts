import type { DType } from '../tensor.ts'
import type { OpName, Operators } from './operators.ts'
import type { Ops } from './ops.ts'
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

/**
 * A growing directed acyclic graph of ONNX operators. Nodes are interned: the same operator on the same inputs with the
 * same attributes is the same node, so methods traced into one graph share every computation they have in common.
 */
export interface Graph {
  /** All nodes in order of execution. */
  readonly nodes: readonly Node[]
  /** 1 where the graph holds for one image alone, since a network mixes what it calls the batch; absent for any batch. */
  readonly batch?: 1
  /** Builders for rules and methods: interned and simplified from what is known of signs. */
  readonly ops: Ops
  /** The builder underneath `ops`, for walks that repeat nodes of any operator on other inputs. */
  readonly build: Build
  /** Builders for an imported model's layer: nothing is simplified or shared, so that each of its ReLUs stays a site. */
  layer(name: string): Ops
  /** The builder underneath `layer(name)`, for passes that repeat a model's nodes. */
  buildLayer(name: string): Build
}

/** The builder underneath {@link Ops}: makes a node and returns its outputs. */
export type Build = <K extends OpName>(
  op: K,
  inputs: readonly Value[],
  attributes: Operators[K],
) => readonly Value[]

/** Narrows a node to one operator. */
export function isNode<K extends OpName>(node: Node, op: K): node is Node<K> {
  return node.op === (op as OpName)
}

/** The attributes of `value`'s node if it was made by `op`, else undefined. */
export function madeBy<K extends OpName>(value: Value, op: K): Node<K> | undefined {
  return isNode(value.node, op) ? value.node : undefined
}
