import type { Graph, Node, Value } from './value.ts'

const known = new WeakMap<Graph, boolean[]>()

/** Whether a value changes with the inputs; expressions over parameters and constants alone do not. */
export function dependsOnInput(value: Value): boolean {
  const { graph, node } = value
  let flags = known.get(graph)
  if (!flags) known.set(graph, (flags = []))
  for (let id = flags.length; id <= node.id; id++) {
    const next = graph.nodes[id] as Node
    flags.push(next.op === 'Input' || next.inputs.some((input) => flags[input.node.id]))
  }
  return flags[node.id] === true
}

/** The float inputs of a node that change with the model's input, with their positions. */
export function dataInputs(node: Node): { value: Value; index: number }[] {
  return node.inputs
    .map((value, index) => ({ value, index }))
    .filter(({ value }) => value.dtype === 'float32' && dependsOnInput(value))
}

/**
 * Every node that `values` are computed from, in order of execution.
 * @param readsOf what a node reads, where an engine computes some of its inputs along with it; default its inputs
 */
export function ancestors(
  values: readonly Value[],
  readsOf: (node: Node) => readonly Value[] = ({ inputs }) => inputs,
): Node[] {
  const seen = new Set<Node>()
  const pending = values.map((value) => value.node)
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    for (const input of readsOf(node)) pending.push(input.node)
  }
  return [...seen].sort((a, b) => a.id - b.id)
}
