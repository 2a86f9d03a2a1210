import {
  ancestors,
  dependsOnInput,
  forOneImage,
  isNode,
  type Model,
  type Node,
  type Value,
} from '@saliency/core'

/** Numbers in a value for one image, of which it may hold several forms: windows, or points on a path. */
export function sizeOf({ shape }: Value): number {
  return forOneImage(shape).reduce((product, size) => product * size, 1)
}

/** Multiply-adds of one node for one image; only operators with a kernel count. */
export function multiplyAdds(node: Node): number {
  const [x, w] = node.inputs
  const output = node.outputs[0]
  if (!x || !w || !output) return 0
  if (isNode(node, 'Conv')) return (sizeOf(output) * sizeOf(w)) / Number(w.shape[0])
  if (isNode(node, 'ConvTranspose')) return (sizeOf(x) * sizeOf(w)) / Number(w.shape[0])
  if (isNode(node, 'Gemm') || isNode(node, 'MatMul')) return sizeOf(x) * Number(output.shape.at(-1))
  return 0
}

/** What a set of values costs beyond the forward pass. */
export interface Cost {
  /** Operators that run for every image. */
  readonly nodes: number
  /** Multiply-adds, in units of one forward pass of the model. */
  readonly forwards: number
  /** Signals that pass through the layer that most of them pass: the number of distinct backward passes. */
  readonly backwardPasses: number
  /** Bytes of everything computed for one image, an upper bound of what is in memory at once. */
  readonly bytes: number
}

/** The parameter that an expression over parameters is made from. */
function kernelOf(value: Value | undefined): string | undefined {
  if (!value || dependsOnInput(value)) return undefined
  const leaf = ancestors([value]).find(
    (node) => isNode(node, 'Parameter') && node.attributes.role === 'kernel',
  )
  return leaf && isNode(leaf, 'Parameter') ? leaf.attributes.name : undefined
}

function distinctPasses(nodes: readonly Node[], forward: ReadonlySet<Node>): number {
  const counts = new Map<string, number>()
  for (const node of nodes) {
    // A signal passes a layer where its kernel is applied outside the forward pass to something other than its input.
    if (forward.has(node) || multiplyAdds(node) === 0) continue
    const kernel = kernelOf(node.inputs[1])
    const isTranspose = isNode(node, 'ConvTranspose') || !sharesInput(node, forward)
    if (kernel !== undefined && isTranspose) counts.set(kernel, (counts.get(kernel) ?? 0) + 1)
  }
  return Math.max(0, ...counts.values())
}

function sharesInput(node: Node, forward: ReadonlySet<Node>): boolean {
  const input = node.inputs[0]?.node
  return input !== undefined && forward.has(input)
}

/** Counts what computing `values` takes, per image. */
export function costOf(model: Model, values: readonly Value[]): Cost {
  const runs = (node: Node) => node.outputs.some((output) => dependsOnInput(output))
  const forward = new Set(ancestors([model.logits]).filter(runs))
  const nodes = ancestors([model.logits, ...values]).filter(runs)
  const work = (list: Iterable<Node>) => [...list].reduce((sum, node) => sum + multiplyAdds(node), 0)
  const bytes = nodes.reduce(
    (sum, node) => sum + node.outputs.reduce((all, output) => all + 4 * sizeOf(output), 0),
    0,
  )
  return {
    nodes: nodes.length,
    forwards: work(nodes) / Math.max(1, work(forward)),
    backwardPasses: distinctPasses(nodes, forward),
    bytes,
  }
}
