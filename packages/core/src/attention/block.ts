import type { OpName } from '../graph/operators.ts'
import { dataInputs } from '../graph/reach.ts'
import { normalizeAxis } from '../graph/shape.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'
import { recognisedNorms } from '../passes/recognised-norms.ts'

/** Who reads what a node returns. */
export type Readers = ReadonlyMap<Node, readonly Node[]>

/** What only gives values other places; with a concatenation of pieces of one value (a roll), windows too. */
const moving = new Set<OpName>(['Reshape', 'Flatten', 'Transpose', 'Cast', 'Pad', 'Slice', 'Gather'])
const projecting = new Set<OpName>(['MatMul', 'Gemm', 'Conv'])

const signals = (node: Node) => dataInputs(node).map(({ value }) => value)

/** What a value was before its elements were moved. */
function unmoved(value: Value): Value {
  const { node } = value
  const from = signals(node)
  if (moving.has(node.op)) return unmoved(from[0] as Value)
  if (!isNode(node, 'Concat') || from.length !== node.inputs.length) return value
  const origins = new Set(from.map(unmoved))
  return origins.size === 1 ? (origins.values().next().value as Value) : value
}

const rankOf = ({ outputs }: Node) => (outputs[0] as Value).shape.length

/** What the projection to queries, keys or values reads, before it is cut into windows; the value itself if there is none. */
export function projected(value: Value): Value {
  for (let { node } = value; ;) {
    const from = signals(node)
    if (projecting.has(node.op) && from.length === 1) return unmoved(from[0] as Value)
    // Heads that are projected one by one lie side by side; a class token lies before others, on the axis of tokens.
    const isOfHeads =
      isNode(node, 'Concat') && normalizeAxis(node.attributes.axis, rankOf(node)) !== rankOf(node) - 2
    const origins = isOfHeads ? new Set(from.map(projected)) : undefined
    if (origins?.size === 1) return origins.values().next().value as Value
    if (from.length !== 1) return value
    node = (from[0] as Value).node
  }
}

/** What a norm reads, if it was a norm that returned the value: layer norm and its relatives, or batch norm. */
export function normalised(value: Value): Value | undefined {
  if (isNode(value.node, 'BatchNormalization')) return value.node.inputs[0]
  return recognisedNorms.rewrite(value)?.region.base
}

/** All nodes that are computed from one. */
function descendants(node: Node, readers: Readers): ReadonlySet<Node> {
  const found = new Set<Node>()
  const open = [node]
  for (let next = open.pop(); next; next = open.pop()) {
    for (const reader of readers.get(next) ?? []) {
      if (found.has(reader)) continue
      found.add(reader)
      open.push(reader)
    }
  }
  return found
}

/** The first sum of what `branch` leads to and something that is no part of the block, which began with `start`. */
function residualSum(branch: Node, start: Node, readers: Readers): Value | undefined {
  const [behind, inside] = [descendants(branch, readers), descendants(start, readers)]
  const isOwn = ({ node }: Value) => node === branch || behind.has(node)
  const sums = [...behind].filter((node) => {
    const from = signals(node)
    return isNode(node, 'Add') && from.length === 2 && from.some(isOwn) && !from.every(isOwn)
  })
  const isSkip = (node: Node) => signals(node).some((each) => !isOwn(each) && !inside.has(each.node))
  return sums.filter(isSkip).toSorted((a, b) => a.id - b.id)[0]?.outputs[0]
}

/** The sum of `stream`, or its norm, and what is computed from it without another attention: the MLP's residual. */
function nextSum(stream: Value, readers: Readers): Value | undefined {
  const behind = descendants(stream.node, readers)
  const isStream = (value: Value) => {
    const base = unmoved(value)
    return base === stream || (normalised(base) && unmoved(normalised(base) as Value) === stream)
  }
  const isAttending = (value: Value, from: Value): boolean =>
    value !== from &&
    behind.has(value.node) &&
    (value.node.op === 'Softmax' || signals(value.node).some((input) => isAttending(input, from)))
  for (const node of [...behind].toSorted((a, b) => a.id - b.id)) {
    const from = signals(node)
    if (!isNode(node, 'Add') || from.length !== 2) continue
    const skip = from.find(isStream)
    const branch = from.find((value) => value !== skip)
    if (skip && branch && behind.has(branch.node))
      return isAttending(branch, skip) ? undefined : node.outputs[0]
  }
  return undefined
}

/** The residual stream behind the block of an attention whose projections read `normed` and whose product is `output`. */
export function blockEnd(output: Node, normed: Value, readers: Readers): Value {
  let end = residualSum(output, normed.node, readers) ?? (output.outputs[0] as Value)
  for (let next = nextSum(end, readers); next; next = nextSum(end, readers)) end = next
  return end
}
