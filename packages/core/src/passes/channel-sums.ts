import { channelFunction, isPerChannel, variesByChannel } from '../graph/channel-function.ts'
import type { Ops } from '../graph/ops.ts'
import { type Dim, fixedDim, sameShape } from '../graph/shape.ts'
import { isNode, madeBy, type Value } from '../graph/value.ts'
import type { Application, BuildPass } from './build-pass.ts'

const overChannels = { axes: [1] }

/** What is summed over its channels, `[n, c, h, w]` with more than one place, if that is what is about to be built. */
function summand({ op, inputs, attributes }: Application): Value | undefined {
  const { axes, keepdims } = attributes as { readonly axes?: readonly number[]; readonly keepdims?: boolean }
  const [value] = inputs
  if (op !== 'ReduceSum' || !keepdims || axes?.join() !== '1' || !value) return undefined
  const isImage = value.shape.length === 4 && value.node.layer === undefined
  return isImage && value.shape.slice(2).some((dim) => dim !== 1) ? value : undefined
}

/** The sum over channels of `[n, c, 1, 1]`, or of `[n, 1, 1, 1]` that stands for c of them. */
const totalOf = (ops: Ops, value: Value, channels: number): Value =>
  value.shape[1] === 1 ? ops.mul(value, channels) : ops.reduceSum(value, overChannels)

/** Σ (a − b) = Σ a − Σ b and Σ (a / b) = Σ a / b, where b is the same at all places. */
function sumOfParts(ops: Ops, value: Value): Value | undefined {
  const { node, shape } = value
  if (!isNode(node, 'Sub') && !isNode(node, 'Div')) return undefined
  const [a, b] = node.inputs as readonly [Value, Value]
  if (b.shape.length !== 4 || !isPerChannel(b, value) || !sameShape(a.shape, shape)) return undefined
  if (isNode(node, 'Sub')) {
    return ops.sub(ops.reduceSum(a, overChannels), totalOf(ops, b, fixedDim(shape[1], 'channels')))
  }
  const [whole, shift] = a.node.layer === undefined ? (madeBy(a, 'Sub')?.inputs ?? []) : []
  if (b.shape[1] === 1 && !variesByChannel(channelFunction(whole ?? a)))
    return ops.div(ops.reduceSum(a, overChannels), b)
  if (!whole || !shift || !isPerChannel(shift, a)) return undefined
  return ops.reduceSum(ops.sub(ops.div(whole, b), ops.div(shift, b)), overChannels)
}

/** Σ w · y over channels as a product of matrices, `[1 or n, 1, c]` and `[n, c, h·w]`. */
function weightedSum(ops: Ops, weights: Value, y: Value): Value {
  const [n, channels, ...plane] = y.shape as [Dim, number, number, number]
  const batch = weights.shape.length === 4 ? (weights.shape[0] as Dim) : 1
  const row = ops.reshape(weights, [batch, 1, channels])
  const places = plane.reduce((product, dim) => product * dim, 1)
  return ops.reshape(ops.matMul(row, ops.reshape(y, [n, channels, places])), [n, 1, ...plane])
}

/** Sums over channels without writing what is summed. */
export const channelSums: BuildPass = {
  name: 'channel-sums',
  when: 'build',
  does: 'The sum over channels of w·x, |w·x| or relu(w·x) becomes a matrix product of w, |w|, or w⁺ and w⁻ with x, |x|, or x⁺ and x⁻, which all functions of x share; what is subtracted from all places or divides them leaves the sum.',
  needs:
    'Rules and methods built the summand; w differs from channel to channel and is the same at all places of a channel.',
  rewrite(application, ops) {
    const value = summand(application)
    if (!value) return undefined
    const parts = sumOfParts(ops, value)
    if (parts) return parts
    const f = channelFunction(value)
    if (!variesByChannel(f)) return undefined
    if (f.kind === 'odd') return weightedSum(ops, f.above, f.x)
    if (f.kind === 'even') return weightedSum(ops, f.above, ops.abs(f.x))
    // Two sides apart: as a half of w·x + |w·x|, a channel without positive values would lose all digits.
    const positive = ops.relu(f.x)
    const negative = ops.clip(f.x, -Infinity, 0)
    return ops.sub(weightedSum(ops, f.above, positive), weightedSum(ops, f.below, negative))
  },
}
