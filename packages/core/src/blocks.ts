import type { Attention } from './attention/attention.ts'
import { blockNames } from './block-names.ts'
import { ancestors, dataInputs } from './graph/reach.ts'
import type { Node, Value } from './graph/value.ts'
import type { Block, Layer } from './model.ts'

/**
 * The nodes that every path from the image to the logits passes. Walking in execution order, a node is such a point when
 * no earlier value is still waiting for a later reader.
 */
export function bottlenecks(logits: Value): Set<Node> {
  const nodes = ancestors([logits]).filter((node) => node.op === 'Input' || dataInputs(node).length > 0)
  const lastReader = new Map<Node, number>()
  for (const node of nodes) for (const { value } of dataInputs(node)) lastReader.set(value.node, node.id)
  const points = new Set<Node>()
  let open = 0
  const closing = new Map<number, number>()
  for (const node of nodes) {
    open -= closing.get(node.id) ?? 0
    if (open === 0) points.add(node)
    const last = lastReader.get(node)
    if (last === undefined) continue
    open += 1
    closing.set(last, (closing.get(last) ?? 0) + 1)
  }
  return points
}

/**
 * Cuts a model into blocks: residual or dense blocks stay whole, since a layer inside one can be bypassed; a plain layer
 * takes its batch norm and PReLU with it. Blocks without parameters are joined to the one before. Of a transformer that are
 * its attentions and its MLPs, each with the layer norm before it, and the class token and the positions as blocks of their own.
 */
export function blocksOf(
  layers: readonly Layer[],
  logits: Value,
  attentions: readonly Attention[],
): readonly Block[] {
  const points = bottlenecks(logits)
  const groups: Layer[][] = []
  let current: Layer[] = []
  for (const layer of layers) {
    current.push(layer)
    if (!points.has(layer.output.node)) continue
    groups.push(current)
    current = []
  }
  if (current.length > 0) groups.push(current)
  const joined: Layer[][] = []
  for (const group of groups) {
    const hasKernel = group.some((layer) =>
      layer.parameters.some(({ role }) => role === 'kernel' || role === 'other'),
    )
    const before = joined.at(-1)
    if (hasKernel || !before) joined.push(group)
    else before.push(...group)
  }
  const blocks = joined.filter((group) => group.some(({ parameters }) => parameters.length > 0))
  const names = blockNames(blocks, attentions)
  return blocks.map((own, at) => ({ name: names[at] as string, layers: own }))
}
