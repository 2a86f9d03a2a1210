import type { Attention } from '../attention/attention.ts'
import { dependsOnInput } from '../graph/reach.ts'
import { isNode, type Graph, type Node, type Value } from '../graph/value.ts'
import type { Model } from '../model.ts'

/** How far the score of the token with the pattern stands above those of all others together, as a logarithm. */
const CLEARLY = 3

/** What changes nothing, by the operator that it is the other operand of. */
const neutral: { readonly [op: string]: number } = { Add: 0, Sub: 0, Mul: 1, Div: 1 }

/** What stands between the product of queries and keys and its softmax: a scale, a mask, a bias for each head. */
interface Step {
  readonly op: 'Add' | 'Sub' | 'Mul' | 'Div'
  readonly other: Value
}

/** An attention that can take one more head, and the node whose result its heads become. */
export interface OpenAttention {
  readonly attention: Attention
  readonly node: Node
  readonly steps: readonly Step[]
  /** The tokens whose results come to the logits. */
  readonly read: readonly number[]
}

/** What a view by axes is a view of; the value itself if it is none. */
function viewed(value: Value): Value {
  const { node } = value
  return node.layer === undefined && isNode(node, 'Reshape') ? (node.inputs[0] as Value) : value
}

/** The softmax of probabilities, in front of a guard against what is no number. */
function softmaxOf({ node }: Value): Node<'Softmax'> | undefined {
  if (isNode(node, 'Where'))
    return node.inputs.map(({ node: each }) => each).find((each) => isNode(each, 'Softmax'))
  return isNode(node, 'Softmax') ? node : undefined
}

function stepsIn(scores: Value, heads: number): readonly Step[] | undefined {
  const steps: Step[] = []
  for (let { node } = scores; !isNode(node, 'MatMul');) {
    const at = node.inputs.findIndex(dependsOnInput)
    const [signal, other] = [node.inputs[at], node.inputs[1 - at]]
    const [batch = 1, ofHeads = 1] = other ? [other.shape.at(-4), other.shape.at(-3)] : []
    const isKept = node.op in neutral && (at === 0 || node.op === 'Add' || node.op === 'Mul')
    const isSpread = batch === 1 && (ofHeads === 1 || (ofHeads === heads && scores.shape.length === 4))
    if (!signal || !other || dependsOnInput(other) || !isKept || !isSpread) return undefined
    steps.unshift({ op: node.op as Step['op'], other })
    node = signal.node
  }
  return steps
}

/**
 * The last attention, where its scores get nothing but scales, masks and biases between product and softmax. Undefined where
 * windows are cut, heads mixed, or queries stand for other tokens than keys.
 */
export function openAttention({ attentions, tokens }: Model): OpenAttention | undefined {
  const attention = attentions.at(-1)
  if (!attention || !tokens || attention.windows || attention.mixesHeads) return undefined
  const [n, heads, count] = attention.keys.shape
  const isOfTokens =
    count === tokens.count && attention.queries.shape[2] === count && attention.normed.shape[0] === n
  const { node } = viewed(attention.output)
  const softmax = isNode(node, 'MatMul') ? softmaxOf(node.inputs[0] as Value) : undefined
  const scores = softmax?.inputs[0]
  const isByRows = softmax?.attributes.axis === Number(scores?.shape.length) - 1
  const steps = scores && isByRows ? stepsIn(scores, Number(heads)) : undefined
  return isOfTokens && steps ? { attention, node, steps, read: tokens.read } : undefined
}

/** What an attention returns with one more head. */
export interface WidenedAttention {
  /** As without it. */
  readonly own: Value
  /** What the tokens that the logits read have gathered from the one with the pattern, `[n, 1]`: 1, or 0 without a pattern. */
  readonly gathered: Value
}

/** The other operand of a step for one more head, for which it changes nothing. */
function forAll(graph: Graph, { op, other }: Step, heads: number): Value {
  const layer = graph.layer('graft.steps')
  const [rows = 1, columns = 1] = [other.shape.at(-2), other.shape.at(-1)]
  const inAxes = layer.reshape(other, [1, other.shape.at(-3) ?? 1, rows, columns])
  const own = layer.expand(inAxes, [1, heads, rows, columns])
  return layer.concat([own, layer.fill([1, 1, rows, columns], neutral[op] as number)], 1)
}

/**
 * The last attention with one more head: a token's key and value are the detector's response there, and every query is 1. So
 * nearly all attention of that head lies on the token with the pattern; without a pattern it gathers zeros.
 * @param now where a value of the model is in the new graph
 * @param response of the detector at the tokens, `[n, t, 1]`
 */
export function widenAttention(
  graph: Graph,
  { attention, node, steps, read }: OpenAttention,
  now: (value: Value) => Value,
  response: Value,
): WidenedAttention {
  const layer = graph.layer('graft.head')
  const [n = 'n', ofHeads, ofTokens] = attention.keys.shape
  const [heads, count] = [Number(ofHeads), Number(ofTokens)]
  const tokens = layer.reshape(response, [n, 1, count, 1])
  const share = 1 / (1 + Math.exp(-CLEARLY))
  const unit = (size: number, value: number) =>
    layer.constant([value, ...Array<number>(size - 1).fill(0)], [1, size])
  const widened = (own: Value, more: (size: number) => Value) =>
    layer.concat([now(own), more(Number(own.shape[3]))], 1)
  const query = (size: number) =>
    layer.expand(layer.reshape(unit(size, 1), [1, 1, 1, size]), [n, 1, count, size])
  const times = (factor: number) => (size: number) => layer.matMul(tokens, unit(size, factor))

  const keys = widened(attention.keys, times(Math.log(count - 1) + CLEARLY))
  const product = layer.matMul(widened(attention.queries, query), layer.transpose(keys, [0, 1, 3, 2]))
  const scores = steps.reduce((signal, { op, other }) => {
    const all = forAll(graph, { op, other: now(other) }, heads)
    return graph.buildLayer('graft.steps')(op, [signal, all], {})[0] as Value
  }, product)
  const all = layer.matMul(layer.softmax(scores, 3), widened(attention.values, times(1 / share)))
  const part = (name: string, from: number, to: number) =>
    graph.layer(name).slice(all, { axes: [1], starts: [from], ends: [to] })
  const own = graph
    .layer('graft.heads')
    .reshape(part('graft.heads', 0, heads), (node.outputs[0] as Value).shape)
  const head = graph.layer('graft.read').gather(part('graft.head.output', heads, heads + 1), 2, read)
  const sum = graph.layer('graft.gathered').reduceSum(head, { axes: [2, 3], keepdims: false })
  return { own, gathered: graph.layer('graft.gathered').mul(sum, 1 / read.length) }
}
