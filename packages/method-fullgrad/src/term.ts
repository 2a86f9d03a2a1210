import type { Ops, Value } from '@saliency/core'

/**
 * One contribution v = signal · factor. The factor is one number per channel, made from parameters alone: sums and
 * extremes of v then follow from those of the signal, which all variants share.
 */
export interface Term {
  /** `[n, c, h, w]`, or `[n, k]` behind a dense layer. */
  readonly signal: Value
  /** `[1, c, 1, 1]` */
  readonly factor?: Value
}

/** Splits a product with one number per channel; anything else stays a single value. */
export function term(ops: Ops, signal: Value, bias: Value): Term {
  const [, channels] = signal.shape
  const isPerChannel = (value: Value) => value.shape.join() === [channels, 1, 1].join()
  if (signal.shape.length !== 4 || !isPerChannel(bias)) return { signal: ops.mul(signal, bias) }
  const column = (value: Value) => ops.reshape(value, [1, Number(channels), 1, 1])
  // Behind a batch norm the signal is another signal times the norm's own factor, which joins the bias.
  const [inner, scale] = signal.node.op === 'Mul' ? signal.node.inputs : []
  if (inner && scale && isPerChannel(scale) && inner.shape.join() === signal.shape.join()) {
    return { signal: inner, factor: ops.mul(column(scale), column(bias)) }
  }
  return { signal, factor: column(bias) }
}

/** v itself, in the signal's shape. */
export function valueOf(ops: Ops, { signal, factor }: Term): Value {
  return factor ? ops.mul(signal, factor) : signal
}
