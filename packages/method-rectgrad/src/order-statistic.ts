import type { Ops, Value } from '@saliency/core'

/**
 * The `rank`-th smallest value (from 0) of every row of `x [n, N]`, `[n, 1]`. The shorter tail is selected, unsorted,
 * and its inner end taken.
 */
export function orderStatistic(ops: Ops, x: Value, rank: number): Value {
  const N = Number(x.shape[1])
  const row = { axes: [1] }
  return N - rank <= rank + 1
    ? ops.reduceMin(ops.topK(x, N - rank).values, row)
    : ops.reduceMax(ops.topK(x, rank + 1, { largest: false }).values, row)
}
