import type { Value } from '@saliency/core'
import type { Site } from './site.ts'

/** Mean over heads: `[n, heads, q, t]` → `[n, q, t]`. */
export function heads({ ops }: Site, x: Value): Value {
  return ops.reduceMean(x, { axes: [1], keepdims: false })
}

/** Mean over queries: `[n, q, t]` → `[n, 1, t]`. */
export function queries({ ops }: Site, x: Value): Value {
  return ops.reduceMean(x, { axes: [1] })
}

/** The rows of the tokens that the logits read: `[…, t, t]` → `[…, r, t]`. */
export function readRows({ ops, tokens: { read, count } }: Site, x: Value): Value {
  return read.length === count ? x : ops.gather(x, -2, read)
}

/** One number a token as a row: `[n, t, 1]` → `[n, 1, t]`. */
export function asRow({ ops }: Site, x: Value): Value {
  return ops.transpose(x, [0, 2, 1])
}
