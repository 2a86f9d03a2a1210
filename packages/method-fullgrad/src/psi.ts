import type { Ops, OptionValues, Value } from '@saliency/core'
import type { fullgradOptions } from './options.ts'
import type { Term } from './term.ts'

type Psi = OptionValues<typeof fullgradOptions>['psi']
type Rescale = OptionValues<typeof fullgradOptions>['rescale']

/**
 * What is kept of a contribution v, as p·|v| + q·v; here sits the rectifier: v⁺ = (|v| + v)/2. All forms then need only the
 * sums of |v| and of v, which they share.
 */
const mixtures: Readonly<Record<Psi, readonly [p: number, q: number]>> = {
  absolute: [1, 0],
  positive: [0.5, 0.5],
  negative: [0.5, -0.5],
  signed: [0, 1],
}

/** The ε of the code that rescales so: idiap's, pytorch-grad-cam's. */
const epsilons = { layer: 1e-6, channel: 1e-7 } as const

/** Σ over channels of weight · x, `[n, 1, h, w]`, in one pass over x; the weights are `[1 or n, c, 1, 1]`. */
function channelSum(ops: Ops, x: Value, weight: Value | undefined): Value {
  if (!weight) return ops.reduceSum(x, { axes: [1] })
  const [batch = 'n', channels, height, width] = x.shape
  const row = ops.reshape(weight, [weight.shape[0] ?? 1, 1, Number(channels)])
  const columns = ops.reshape(x, [batch, Number(channels), Number(height) * Number(width)])
  return ops.reshape(ops.matMul(row, columns), [batch, 1, Number(height), Number(width)])
}

/** Σ over channels of what psi keeps of weight · v. */
function keptSum(ops: Ops, { signal, factor }: Term, psi: Psi, weight?: Value): Value {
  const times = (value: Value | undefined) => (value && weight ? ops.mul(value, weight) : (value ?? weight))
  const [p, q] = mixtures[psi]
  const magnitude = () => channelSum(ops, ops.abs(signal), times(factor && ops.abs(factor)))
  const signed = () => channelSum(ops, signal, times(factor))
  if (p === 0) return signed()
  if (q === 0) return magnitude()
  const sum = (q > 0 ? ops.add : ops.sub)(magnitude(), signed())
  // Where one sign is absent the halves cancel, up to rounding.
  return ops.relu(ops.mul(sum, 0.5))
}

/** Least and greatest of what psi keeps of v, channel by channel, `[n, c, 1, 1]`; a signed map has no least. */
function extremes(ops: Ops, { signal, factor }: Term, psi: Psi): { most: Value; least?: Value } {
  const image = { axes: [2, 3] }
  const [above, below] = [ops.reduceMax(signal, image), ops.reduceMin(signal, image)]
  if (psi === 'positive' || psi === 'negative') {
    const ends = [above, below].map((end) => (factor ? ops.mul(end, factor) : end)) as [Value, Value]
    const [top, bottom] = [ops.max(...ends), ops.min(...ends)]
    const [most, least] = psi === 'positive' ? [top, bottom] : [ops.neg(bottom), ops.neg(top)]
    return { most: ops.relu(most), least: ops.relu(least) }
  }
  const scaled = (value: Value) => (factor ? ops.mul(value, ops.abs(factor)) : value)
  const most = scaled(ops.max(ops.abs(above), ops.abs(below)))
  if (psi === 'signed') return { most }
  return { most, least: scaled(ops.reduceMin(ops.abs(signal), image)) }
}

/**
 * Σ over channels of ψ(v), `[n, 1, h, w]`. One-sided: (v − min)/(max + ε), min and max over a whole layer or a channel,
 * the maximum after the minimum is taken off. Signed: v/(max |v| + ε), which leaves zero at zero.
 */
export function psi(ops: Ops, term: Term, { psi: kind, rescale }: { psi: Psi; rescale: Rescale }): Value {
  if (rescale === 'none') return keptSum(ops, term, kind)
  const channels = { axes: [1] }
  const { most, least } = extremes(ops, term, kind)
  if (rescale === 'channel') {
    const range = ops.add(least ? ops.sub(most, least) : most, epsilons.channel)
    const sum = keptSum(ops, term, kind, ops.reciprocal(range))
    return least ? ops.relu(ops.sub(sum, ops.reduceSum(ops.div(least, range), channels))) : sum
  }
  const sum = keptSum(ops, term, kind)
  const greatest = ops.reduceMax(most, channels)
  if (!least) return ops.div(sum, ops.add(greatest, epsilons.layer))
  const smallest = ops.reduceMin(least, channels)
  const range = ops.add(ops.sub(greatest, smallest), epsilons.layer)
  // The sum of what is above the least is never negative, but for rounding.
  return ops.div(ops.relu(ops.sub(sum, ops.mul(smallest, Number(term.signal.shape[1])))), range)
}
