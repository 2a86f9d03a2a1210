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

/** The longest common prefix of layer names up to a separator, or the last layer's own name. */
function nameOf(layers: readonly Layer[]): string {
  const names = layers.map((layer) => layer.name)
  const [first = ''] = names
  if (names.length === 1) return first
  const parts = first.split(/(?<=[./_-])/)
  let prefix = ''
  for (const part of parts) {
    if (!names.every((name) => name.startsWith(prefix + part))) break
    prefix += part
  }
  return prefix.replace(/[./_-]+$/, '') || (names.at(-1) as string)
}

const hasParameters = ({ parameters }: Layer) => parameters.length > 0

/**
 * Blocks with names of their own: what a block's layers have in common; where exporters number operators (`node_conv_1`,
 * `node_conv_2`) and that is the same for several blocks, the name of the last layer with parameters.
 */
function named(groups: readonly (readonly Layer[])[]): readonly Block[] {
  const parts = groups.map((group) => group.filter(hasParameters))
  const common = parts.map(nameOf)
  const taken = new Set<string>()
  return groups.map((layers, index) => {
    const shared = common[index] as string
    const isOwn = common.indexOf(shared) === common.lastIndexOf(shared)
    const base = isOwn ? shared : (parts[index]?.at(-1)?.name ?? shared)
    let name = base
    for (let count = 2; taken.has(name); count++) name = `${base}:${count}`
    taken.add(name)
    return { name, layers }
  })
}

/**
 * Cuts a model into blocks: residual or dense blocks stay whole, since a layer inside one can be bypassed; a plain layer
 * takes its batch norm and PReLU with it. Blocks without parameters are joined to the one before.
 */
export function blocksOf(layers: readonly Layer[], logits: Value): readonly Block[] {
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
  return named(joined.filter((group) => group.some(hasParameters)))
}
