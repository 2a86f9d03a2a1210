import { ancestors } from '../graph/reach.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'

/** Tokens on their way to the logits: which of the stream's each one is, along an axis counted from the end. */
interface Carried {
  readonly axis: number
  readonly tokens: readonly number[]
}

/** Which tokens are left behind a slice or a gather of them. */
function left(node: Node, rank: number, { axis, tokens }: Carried): readonly number[] {
  const isTokens = (at: number) => (at < 0 ? at : at - rank) === axis
  if (isNode(node, 'Gather') && isTokens(node.attributes.axis))
    return node.attributes.indices.map((index) => tokens.at(index) as number)
  if (!isNode(node, 'Slice')) return tokens
  const { axes, starts, ends, steps } = node.attributes
  const at = axes.findIndex(isTokens)
  const step = steps[at] ?? 1
  // Backwards, what is left is not worth the arithmetic: all of it counts as read.
  if (at < 0 || step < 0) return tokens
  return tokens.slice(starts[at], ends[at]).filter((_, index) => index % step === 0)
}

/** The axis that tokens are on behind a node, counted from the end; undefined where they are summed, or joined with other values. */
function axisBehind(node: Node, from: Value, axis: number, count: number): number | undefined {
  const to = node.outputs[0] as Value
  const at = from.shape.length + axis
  if (isNode(node, 'Transpose')) return node.attributes.perm.indexOf(at) - to.shape.length
  if (isNode(node, 'Reshape') || isNode(node, 'Flatten')) {
    const isSame = (place: number) =>
      to.shape[place] === count && to.shape.slice(place).join() === from.shape.slice(at).join()
    const found = to.shape.findIndex((_, place) => isSame(place))
    return found < 0 ? undefined : found - to.shape.length
  }
  const isSummed = isNode(node, 'MatMul') || isNode(node, 'Gemm') || isNode(node, 'Concat')
  if (isSummed && (axis === -1 || from !== node.inputs[0] || to.shape.length !== from.shape.length))
    return undefined
  return to.shape[to.shape.length + axis] === count ? axis : undefined
}

/**
 * The tokens that the logits read of the stream behind the last block, in order: the class token, or all that a pool averages.
 * Norms and heads work token by token; where tokens meet, all that are left count.
 * @param axis that of the tokens
 */
export function readTokens(stream: Value, axis: number, logits: Value): readonly number[] {
  const all = Array.from({ length: Number(stream.shape[axis]) }, (_, token) => token)
  const carried = new Map<Value, Carried>([[stream, { axis: axis - stream.shape.length, tokens: all }]])
  const read = new Set<number>()
  for (const node of ancestors([logits])) {
    for (const input of node.inputs) {
      const before = carried.get(input)
      if (!before) continue
      const tokens = left(node, input.shape.length, before)
      const behind = axisBehind(node, input, before.axis, tokens.length)
      const isOver = behind === undefined || node.outputs[0] === logits
      if (isOver) for (const token of tokens) read.add(token)
      else carried.set(node.outputs[0] as Value, { axis: behind, tokens })
    }
  }
  return all.filter((token) => read.has(token))
}
