import { shortJson } from '@saliency/core'
import { invalid } from '../problems.ts'
import type { FlowNode } from './flow-node.ts'

/** A file may say anything where the name of a value belongs. */
const quoted = (name: unknown) => (typeof name === 'string' ? `'${name}'` : shortJson(name))

const labelOf = (node: FlowNode) =>
  `'${node.name || (node.output?.[0] ?? '')}' (${node.opType ?? 'without an operator'})`

/**
 * The nodes that `outputs` need, each after the nodes it reads from; the file's own order where that is one.
 * @throws INVALID_MODEL for cycles and for values that nothing makes.
 */
export function orderNodes<N extends FlowNode>(
  nodes: readonly N[],
  outputs: readonly string[],
  given: ReadonlySet<string>,
): readonly N[] {
  const producers = new Map<string, N>()
  for (const node of nodes) for (const name of node.output ?? []) if (name) producers.set(name, node)
  const position = new Map(nodes.map((node, index) => [node, index]))
  const state = new Map<N, 'open' | 'done'>()
  const order: N[] = []

  const producer = (name: string, reader: string): N | undefined => {
    if (name === '' || given.has(name)) return undefined
    const node = producers.get(name)
    if (!node) throw invalid(`${reader} reads ${quoted(name)}, which nothing in the file makes.`)
    return node
  }
  // An explicit stack, since recursion over a deep net would overflow the real one.
  const stack: { node: N; next: number }[] = []
  const visit = (root: N) => {
    stack.push({ node: root, next: 0 })
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const { node } = top
      state.set(node, 'open')
      const name = (node.input ?? [])[top.next++]
      if (name === undefined) {
        stack.pop()
        state.set(node, 'done')
        order.push(node)
        continue
      }
      const source = producer(name, `The node ${labelOf(node)}`)
      if (!source || state.get(source) === 'done') continue
      if (state.get(source) === 'open')
        throw invalid(`The graph has a cycle through the node ${labelOf(source)}.`)
      stack.push({ node: source, next: 0 })
    }
  }
  for (const name of outputs) {
    const node = producer(name, 'The output')
    if (node && !state.has(node)) visit(node)
  }
  const sorted = order.toSorted((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0))
  return isOrder(sorted, producers) ? sorted : order
}

function isOrder<N extends FlowNode>(nodes: readonly N[], producers: ReadonlyMap<string, N>): boolean {
  const seen = new Set<N>()
  for (const node of nodes) {
    for (const name of node.input ?? []) {
      const source = producers.get(name)
      if (source && !seen.has(source)) return false
    }
    seen.add(node)
  }
  return true
}
