import type { Node, OpName, Value } from '@saliency/core'

/** How surely an operator's output is a gate: squashing functions first, a clipped signal last. */
const squashing: { readonly [K in OpName]?: number } = {
  Sigmoid: 3,
  HardSigmoid: 3,
  Softmax: 3,
  Tanh: 2,
  Erf: 2,
  Softsign: 2,
  Clip: 1,
}
/** Operators that only rescale, shift or reshape: a gate behind them is still a gate. */
const wrapping = new Set<OpName>([
  'Mul',
  'Div',
  'Add',
  'Sub',
  'Neg',
  'Reshape',
  'Flatten',
  'Transpose',
  'Expand',
])

const constants = new WeakMap<Node, boolean>()

/** Whether a value is the same for every image. */
export function isConstant({ node }: Value): boolean {
  const known = constants.get(node)
  if (known !== undefined) return known
  const found = node.op !== 'Input' && node.inputs.every(isConstant)
  constants.set(node, found)
  return found
}

/** A linear map of the heads, applied to each of attention's probabilities by itself (talking heads: Shazeer et al. 2020). */
function mixesHeads({ op, inputs: [, weight] }: Node): boolean {
  const shape = weight && isConstant(weight) ? weight.shape : []
  if (op === 'Conv') return shape.length === 4 && shape.slice(2).every((size) => size === 1)
  return op === 'MatMul' && shape.length === 2 && shape[0] === shape[1]
}

/** Whether a value is attention's probabilities, whatever scales, moves or mixes them. */
function isAttending({ node }: Value): boolean {
  if (node.op === 'Softmax') return true
  const signals = node.inputs.filter((input) => !isConstant(input))
  const isPassed = wrapping.has(node.op) || mixesHeads(node)
  return isPassed && signals.length === 1 && isAttending(signals[0] as Value)
}

function rank(value: Value): number {
  const { node } = value
  const own = squashing[node.op]
  if (own !== undefined) return own
  if (isAttending(value)) return squashing.Softmax ?? 0
  if (!wrapping.has(node.op)) return 0
  const signals = node.inputs.filter((input) => !isConstant(input))
  return signals.length === 1 ? rank(signals[0] as Value) : 0
}

/**
 * Which operand of a product of two signals is the gate, 0 or 1: the one behind a squashing function (SiLU, hard-swish,
 * GELU, squeeze-excite), else the one that is broadcast over the other; undefined when nothing tells them apart.
 */
export function gateOf(inputs: readonly Value[], node: Node): 0 | 1 | undefined {
  const [a, b] = inputs as [Value, Value]
  if (node.op === 'Div') return a === b ? undefined : 1
  const [first, second] = [rank(a), rank(b)]
  if (first !== second) return first > second ? 0 : 1
  const size = (value: Value) =>
    value.shape.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1)
  if (size(a) !== size(b)) return size(a) < size(b) ? 0 : 1
  return undefined
}
