import { isNode, type Node, type Plan, type Value } from '@saliency/core'

/** One node to run, and what may be freed after it. */
export interface Step {
  readonly node: Node
  /** What its results are known as: its own outputs, or those of the activation that it applies at once. */
  readonly outputs: readonly Value[]
  readonly wanted: readonly boolean[]
  readonly activation?: 'relu'
  readonly releases: readonly Value[]
}

/** A plan in order: what is computed once a session, and what at every run. */
export interface Program {
  readonly inputs: readonly Node<'Input'>[]
  readonly parameters: readonly Node<'Parameter'>[]
  readonly once: readonly Step[]
  readonly steps: readonly Step[]
  /** Values of the session that runs read. */
  readonly kept: ReadonlySet<Value>
}

/** Everything the outputs need, in order of execution. */
function reachable(outputs: readonly Value[]): Node[] {
  const found = new Set<Node>()
  const pending = outputs.map((value) => value.node)
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (found.has(node)) continue
    found.add(node)
    pending.push(...node.inputs.map((value) => value.node))
  }
  return [...found].toSorted((a, b) => a.id - b.id)
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

/** A ReLU that is the only reader of a convolution is applied within it. */
function fusedActivations(nodes: readonly Node[], outputs: ReadonlySet<Value>): Map<Node, Node> {
  const readers = new Map<Value, Node[]>()
  for (const node of nodes)
    for (const value of node.inputs) readers.set(value, [...(readers.get(value) ?? []), node])
  const fused = new Map<Node, Node>()
  for (const node of nodes) {
    const [output] = node.outputs
    if (!isNode(node, 'Conv') || !output || outputs.has(output)) continue
    const [reader, ...others] = readers.get(output) ?? []
    if (reader && others.length === 0 && isNode(reader, 'Relu')) fused.set(node, reader)
  }
  return fused
}

/** Orders nodes into steps that free each value after its last reader, except those that are kept. */
function schedule(nodes: readonly Node[], kept: ReadonlySet<Value>, fused: ReadonlyMap<Node, Node>): Step[] {
  const skipped = new Set(fused.values())
  const run = nodes.filter((node) => !skipped.has(node))
  const last = new Map<Value, Node>()
  for (const node of run) for (const value of node.inputs) last.set(value, node)
  return run.map((node): Step => {
    const activation = fused.get(node)
    const outputs = activation?.outputs ?? node.outputs
    const wanted = outputs.map((value) => kept.has(value) || last.has(value))
    const releases = [...new Set(node.inputs)].filter((value) => last.get(value) === node && !kept.has(value))
    return { node, outputs, wanted, releases, ...(activation && { activation: 'relu' as const }) }
  })
}

const isLeaf = (node: Node) => node.op === 'Input' || node.op === 'Parameter'

/** Plans a session: folds what depends on weights alone, fuses activations, and finds when each value dies. */
export function compile(plan: Plan): Program {
  const outputs = new Set(Object.values(plan.outputs))
  const nodes = reachable([...outputs])
  const constant = constantNodes(nodes)
  const later = nodes.filter((node) => !constant.has(node))
  const kept = new Set([...outputs].filter((value) => constant.has(value.node)))
  for (const node of later) {
    for (const value of node.inputs) if (constant.has(value.node)) kept.add(value)
  }
  const once = nodes.filter((node) => constant.has(node) && !isLeaf(node))
  const each = later.filter((node) => !isLeaf(node))
  const held = new Set([...outputs, ...kept])
  return {
    inputs: nodes.filter((node) => isNode(node, 'Input')),
    parameters: nodes.filter((node) => isNode(node, 'Parameter')),
    once: schedule(once, kept, new Map()),
    steps: schedule(each, held, fusedActivations(each, outputs)),
    kept,
  }
}
