import { ancestors, isNode, type Node, type Plan, type Value } from '@saliency/core'
import { fuse } from './fuse.ts'
import type { Unit } from './passes/unit.ts'

/** One unit to run, and what may be freed after it. */
export interface Step extends Unit {
  /** Which outputs anything reads. */
  readonly wanted: readonly boolean[]
  readonly releases: readonly Value[]
}

/** A plan in order: what is computed once a session, and what at every run. */
export interface Program {
  readonly inputs: readonly Node<'Input'>[]
  readonly parameters: readonly Node<'Parameter'>[]
  readonly once: readonly Step[]
  readonly steps: readonly Step[]
}

/** Nodes whose values depend on the weights alone: neither on an input nor on the batch's size. */
function constantNodes(nodes: readonly Node[]): Set<Node> {
  const constant = new Set<Node>()
  for (const node of nodes) {
    const isFixed = node.outputs.every((value) => value.shape.every((dim) => typeof dim === 'number'))
    if (node.op !== 'Input' && isFixed && node.inputs.every((value) => constant.has(value.node)))
      constant.add(node)
  }
  return constant
}

/** Frees each value after its last reader, unless it is kept. */
function schedule(units: readonly Unit[], kept: ReadonlySet<Value>): Step[] {
  const last = new Map<Value, Unit>()
  for (const unit of units) for (const value of unit.inputs) last.set(value, unit)
  return units.map((unit) => {
    const wanted = unit.outputs.map((value) => kept.has(value) || last.has(value))
    const releases = [...new Set(unit.inputs)].filter((value) => last.get(value) === unit && !kept.has(value))
    return { ...unit, wanted, releases }
  })
}

const isLeaf = (node: Node) => node.op === 'Input' || node.op === 'Parameter'

/** Plans a session: what depends on weights alone is computed once, patterns are fused, and every value has a last reader. */
export function compile(plan: Plan): Program {
  const outputs = new Set(Object.values(plan.outputs))
  const nodes = ancestors([...outputs])
  const constant = constantNodes(nodes)
  const each = fuse(
    nodes.filter((node) => !constant.has(node) && !isLeaf(node)),
    new Set([...constant, ...nodes.filter(isLeaf)]),
    outputs,
  )
  // What runs read of the session's own values stays as long as the session.
  const kept = new Set(
    [...outputs, ...each.flatMap((unit) => unit.inputs)].filter((value) => constant.has(value.node)),
  )
  const once = nodes
    .filter((node) => constant.has(node) && !isLeaf(node))
    .map((node): Unit => ({ form: 'plain', node, inputs: node.inputs, outputs: node.outputs }))
  return {
    inputs: nodes.filter((node) => isNode(node, 'Input')),
    parameters: nodes.filter((node) => isNode(node, 'Parameter')),
    once: schedule(once, kept),
    steps: schedule(each, new Set([...outputs, ...kept])),
  }
}
