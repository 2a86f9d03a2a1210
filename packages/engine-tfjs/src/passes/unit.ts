import type { Node, Pass, Value } from '@saliency/core'

/** How a unit computes: its operator alone, or a pattern of several that TensorFlow.js does faster at once. */
export type Form = 'plain' | 'activated' | 'mask' | 'finite-comparison'

/** A node, or a pattern named after one of its nodes, with what it reads and makes. */
export interface Unit {
  readonly form: Form
  readonly node: Node
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
}

/** What is known of a plan's nodes. */
export interface PlanFacts {
  /** How many read each value, a reader from outside included. */
  readonly readers: ReadonlyMap<Value, number>
  /** The nodes whose results are finite wherever inputs and weights are. */
  readonly finite: ReadonlySet<Node>
}

/** A pass that finds the pattern whose last node is `node`. */
export type FusingPass = Pass<(node: Node, facts: PlanFacts) => Unit | undefined>

/** Whether a node's operands are numbers and finite wherever inputs and weights are. */
export function readsFinite({ inputs }: Node, { finite }: PlanFacts): boolean {
  return inputs.every((value) => value.dtype === 'float32' && finite.has(value.node))
}
