import { madeBy, type Node, type OpName, type Value } from '@saliency/core'
import { fusingPasses } from './passes/passes.ts'
import type { PlanFacts, Unit } from './passes/unit.ts'

/** Operators that may make infinities out of ordinary numbers, which a product with a zero mask would keep. */
const overflowing = new Set<OpName>(['Div', 'Reciprocal', 'Log', 'Pow', 'Exp', 'Sqrt'])

/** The nodes whose results are finite wherever inputs and weights are. */
function finiteNodes(nodes: readonly Node[], constant: ReadonlySet<Node>): Set<Node> {
  const finite = new Set<Node>(constant)
  for (const node of nodes) {
    const isSafe =
      !overflowing.has(node.op) || (node.op === 'Div' && node.inputs[1] && madeBy(node.inputs[1], 'Constant'))
    if (isSafe && node.inputs.every((value) => finite.has(value.node))) finite.add(node)
  }
  return finite
}

/** The pattern that ends in a node, or the node alone. */
function unitOf(node: Node, facts: PlanFacts): Unit {
  for (const { rewrite } of fusingPasses) {
    const unit = rewrite(node, facts)
    if (unit) return unit
  }
  return { form: 'plain', node, inputs: node.inputs, outputs: node.outputs }
}

/** Drops what nothing reads any more. */
function alive(units: readonly Unit[], outputs: ReadonlySet<Value>): Unit[] {
  const wanted = new Set(outputs)
  const kept = units.toReversed().filter((unit) => {
    if (!unit.outputs.some((value) => wanted.has(value))) return false
    for (const value of unit.inputs) wanted.add(value)
    return true
  })
  return kept.toReversed()
}

/** Finds the patterns among nodes in order; `outputs` are read from outside. */
export function fuse(
  nodes: readonly Node[],
  constant: ReadonlySet<Node>,
  outputs: ReadonlySet<Value>,
): Unit[] {
  const readers = new Map<Value, number>()
  for (const value of [...outputs, ...nodes.flatMap((node) => [...new Set(node.inputs)])]) {
    readers.set(value, (readers.get(value) ?? 0) + 1)
  }
  const facts = { readers, finite: finiteNodes(nodes, constant) }
  return alive(
    nodes.map((node) => unitOf(node, facts)),
    outputs,
  )
}
