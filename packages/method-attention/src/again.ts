import type { Dim, Node, Shape, Value } from '@saliency/core'

/** A size as a multiple of what it holds: `'3*n'` is 3 of the batch. */
function factorOf(dim: Dim): number {
  if (typeof dim === 'number') return dim
  return dim === 'n' ? 1 : Number.parseInt(dim, 10)
}

const factor = (shape: Shape) => shape.reduce<number>((product, dim) => product * factorOf(dim), 1)

/** The attributes of a node for a batch `times` as large: reshapes and expansions name the sizes they make. */
function stretched({ attributes }: Node, times: number): Node['attributes'] {
  if (times === 1 || !('shape' in attributes)) return attributes
  const shape = attributes.shape.map((dim) =>
    typeof dim === 'number' ? dim : (`${times * factorOf(dim)}*n` as Dim),
  )
  return { ...attributes, shape }
}

/**
 * Values as they are with `now` in the place of `from`: what lies between is computed again. `now` may hold a larger batch: then
 * they do, too.
 */
export function again(values: readonly Value[], from: Value, now: Value): readonly Value[] {
  const { graph } = from
  const changed = new Map([[from, now]])
  const times = factor(now.shape) / factor(from.shape)
  const last = Math.max(...values.map(({ node }) => node.id))
  for (const node of graph.nodes.slice(0, last + 1)) {
    const inputs = node.inputs.map((input) => changed.get(input) ?? input)
    const attributes = node.op === 'Input' ? node.attributes : stretched(node, times)
    const isSame = inputs.every((input, at) => input === node.inputs[at]) && attributes === node.attributes
    if (isSame || node === from.node) continue
    for (const [slot, made] of graph.build(node.op, inputs, attributes).entries())
      changed.set(node.outputs[slot] as Value, made)
  }
  return values.map((value) => changed.get(value) ?? value)
}
