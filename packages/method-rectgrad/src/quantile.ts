import { SaliencyError, type Ops, type Value } from '@saliency/core'

/**
 * The q-th quantile (0 to 1) of every row of `x [n, N]`, as NumPy interpolates it: between the order statistics around
 * position q(N − 1). Returns `[n, 1]`. Only the shorter tail is selected, unsorted: k values, of which the last two count.
 * @throws INVALID_OPTION when q is outside [0, 1].
 */
export function quantile(ops: Ops, x: Value, q: number): Value {
  if (!(q >= 0 && q <= 1)) throw new SaliencyError('INVALID_OPTION', `A quantile lies in [0, 1], not ${q}.`)
  const N = Number(x.shape[1])
  const position = q * (N - 1)
  const low = Math.floor(position)
  const fraction = position - low
  const row = { axes: [1] }
  // The upper tail holds x₍low₎ as its least value, the lower tail x₍low+1₎ as its greatest.
  const upper = N - low
  const lower = Math.min(N, low + 2)
  if (upper <= lower) {
    const { values } = ops.topK(x, upper)
    if (fraction === 0 || upper === 1) return ops.reduceMin(values, row)
    return interpolate(ops, ops.topK(values, 2, { largest: false, sorted: true }).values, fraction)
  }
  if (fraction === 0) return ops.reduceMax(ops.topK(x, low + 1, { largest: false }).values, row)
  const { values } = ops.topK(x, lower, { largest: false })
  return interpolate(ops, ops.topK(values, 2, { sorted: true }).values, 1 - fraction)
}

/** `first + fraction · (second − first)` of a pair `[n, 2]`. */
function interpolate(ops: Ops, pair: Value, fraction: number): Value {
  const [first, second] = [0, 1].map((index) => ops.gather(pair, 1, [index])) as [Value, Value]
  return ops.add(first, ops.mul(ops.sub(second, first), fraction))
}
