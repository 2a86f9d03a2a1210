import type { Ops, Value } from '@saliency/core'

/**
 * One contribution v = bias · (scale · signal). Bias and scale are one number per channel, made from parameters alone: sums
 * and extremes of v then follow from those of the signal, which all variants share.
 */
export interface Term {
  /** `[n, c, h, w]`, or `[n, k]` behind a dense layer. */
  readonly signal: Value
  /** `[1, c, 1, 1]`; scale · signal is the gradient. */
  readonly scale?: Value
  /** `[1, c, 1, 1]` */
  readonly bias?: Value
}

/** Splits a gradient times a bias into numbers per channel, where it is such a product. */
export function term(ops: Ops, gradient: Value, bias: Value): Term | undefined {
  const [, channels] = gradient.shape
  const isPerChannel = (value: Value) => value.shape.join() === [channels, 1, 1].join()
  if (gradient.shape.length !== 4 || !isPerChannel(bias)) return undefined
  const column = (value: Value) => ops.reshape(value, [1, Number(channels), 1, 1])
  // Behind a batch norm the gradient is another signal times the norm's own factor.
  const [inner, scale] = gradient.node.op === 'Mul' ? gradient.node.inputs : []
  if (inner && scale && isPerChannel(scale) && inner.shape.join() === gradient.shape.join()) {
    return { signal: inner, scale: column(scale), bias: column(bias) }
  }
  return { signal: gradient, bias: column(bias) }
}

/** What options make of the gradient and the bias of a term. */
export interface Handling {
  readonly gradient: 'signed' | 'positive'
  /** Whether the bias is a factor. */
  readonly bias: boolean
}

/** v itself, in the signal's shape. */
export function valueOf(ops: Ops, { signal, scale, bias }: Term, handling: Handling): Value {
  const gradient = scale ? ops.mul(signal, scale) : signal
  if (!bias) return gradient
  const kept = handling.gradient === 'positive' ? ops.relu(gradient) : gradient
  return handling.bias ? ops.mul(kept, bias) : kept
}
