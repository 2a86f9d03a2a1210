import type { Graph, Node, Value } from './value.ts'

/** Whether something comes to a value from the inputs of the graph, by way of the inputs of nodes that `carries` it. */
function reachedBy(carries: (input: Value) => boolean): (value: Value) => boolean {
  const known = new WeakMap<Graph, boolean[]>()
  return ({ graph, node }) => {
    let flags = known.get(graph)
    if (!flags) known.set(graph, (flags = []))
    for (let id = flags.length; id <= node.id; id++) {
      const next = graph.nodes[id] as Node
      flags.push(next.op === 'Input' || next.inputs.some((input) => flags[input.node.id] && carries(input)))
    }
    return flags[node.id] === true
  }
}

/** Whether a value changes with the inputs; expressions over parameters and constants alone do not. */
export const dependsOnInput: (value: Value) => boolean = reachedBy(() => true)

/** Whether it changes by degrees: what truth values make of the inputs, as a mask, changes in steps, which have no slope. */
const hasSlope = reachedBy(({ dtype }) => dtype === 'float32')

/** An input of a node and its position. */
interface DataInput {
  readonly value: Value
  readonly index: number
}

/** Every walk asks again. */
const knownInputs = new WeakMap<Node, readonly DataInput[]>()

/** The inputs of a node that carry the model's input to it, and a gradient back, with their positions. */
export function dataInputs(node: Node): readonly DataInput[] {
  const known = knownInputs.get(node)
  if (known) return known
  const found = node.inputs
    .map((value, index) => ({ value, index }))
    .filter(({ value }) => value.dtype === 'float32' && hasSlope(value))
  knownInputs.set(node, found)
  return found
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
