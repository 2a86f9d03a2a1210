import type { Value } from '@saliency/core'
import type { Site } from './site.ts'

/** The rows of the identity that belong to the tokens the logits read, `[1, r, t]`. */
export function readIdentity({ ops, tokens: { read, count } }: Site): Value {
  const data = read.flatMap((token) => Array.from({ length: count }, (_, at) => (at === token ? 1 : 0)))
  return ops.constant(data, [1, read.length, count])
}

/** Their mean, `[1, 1, t]`. */
export function readMean({ ops, tokens: { read, count } }: Site): Value {
  const share = 1 / read.length
  const data = Array.from({ length: count }, (_, at) => (read.includes(at) ? share : 0))
  return ops.constant(data, [1, 1, count])
}

/**
 * Rows of (1 + M₋₁) … (1 + M₀) for matrices M `[n, t, t]`, the last block's on the left: r ← r + r M, and no product of two
 * matrices is made.
 */
export function product({ ops }: Site, rows: Value, matrices: readonly Value[]): Value {
  return matrices.reduceRight((r, M) => ops.add(r, ops.matMul(r, M)), rows)
}

/** The same with the rows of every 1 + M divided by their sums: r ← r/s + (r/s) M, where s = 1 + the rows' sums of M. */
export function normalisedProduct({ ops }: Site, rows: Value, matrices: readonly Value[]): Value {
  return matrices.reduceRight((r, M) => {
    const sums = ops.add(ops.transpose(ops.reduceSum(M, { axes: [2] }), [0, 2, 1]), 1)
    const shared = ops.div(r, sums)
    return ops.add(shared, ops.matMul(shared, M))
  }, rows)
}
