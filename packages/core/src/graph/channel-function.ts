import { sameShape } from './shape.ts'
import { isNode, type Value } from './value.ts'

/**
 * f(x) = above · max(x, 0) − below · min(x, 0) for each channel of x. A coefficient is one number a channel, `[c, 1, 1]` or
 * `[n, c, 1, 1]`, or one for all of them.
 */
export interface ChannelFunction {
  /** `[n, c, h, w]` */
  readonly x: Value
  readonly above: Value
  readonly below: Value
  /** `odd`: above · x; `even`: above · |x|; `sided`: in each channel, one of the coefficients is 0. */
  readonly kind: 'odd' | 'even' | 'sided'
}

/** Whether a value is broadcast over the height and width of `[n, c, h, w]`. */
export function isPerChannel(value: Value, { shape }: Value): boolean {
  const missing = 4 - value.shape.length
  return value.shape.every((dim, at) => dim === 1 || (at + missing < 2 && dim === shape[at + missing]))
}

/** Whether a function differs from channel to channel. */
export const variesByChannel = ({ above }: ChannelFunction): boolean => (above.shape.at(-3) ?? 1) !== 1

/** What was read before: sums and extremes of one value ask alike. */
const known = new WeakMap<Value, ChannelFunction>()

/**
 * Reads `[n, c, h, w]` as a function of what rules and methods scaled channel by channel and rectified. An operator of
 * another kind, and each layer of the model, is an x of its own.
 */
export function channelFunction(value: Value): ChannelFunction {
  const before = known.get(value)
  if (before) return before
  const found = readAnew(value)
  known.set(value, found)
  return found
}

function readAnew(value: Value): ChannelFunction {
  const { ops } = value.graph
  const { node } = value
  const itself: ChannelFunction = { x: value, above: ops.fill([], 1), below: ops.fill([], -1), kind: 'odd' }
  if (node.layer !== undefined) return itself
  const [a, b] = node.inputs as readonly [Value, Value]
  const changed = (inner: ChannelFunction, change: (coefficient: Value) => Value): ChannelFunction => ({
    ...inner,
    above: change(inner.above),
    below: change(inner.below),
  })
  if (isNode(node, 'Neg')) return changed(channelFunction(a), ops.neg)
  if (isNode(node, 'Abs') || isNode(node, 'Relu')) {
    const inner = channelFunction(a)
    const whole = isNode(node, 'Abs') ? 'even' : 'sided'
    return {
      ...changed(inner, isNode(node, 'Abs') ? ops.abs : ops.relu),
      kind: inner.kind === 'odd' ? whole : inner.kind,
    }
  }
  if (!isNode(node, 'Mul') && !isNode(node, 'Div')) return itself
  const [scaled, factor] = isNode(node, 'Mul') && isPerChannel(a, value) ? [b, a] : [a, b]
  if (!isPerChannel(factor, value) || !sameShape(scaled.shape, value.shape)) return itself
  const scale = isNode(node, 'Mul') ? ops.mul : ops.div
  return changed(channelFunction(scaled), (coefficient) => scale(coefficient, factor))
}
