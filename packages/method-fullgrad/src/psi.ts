import type { Ops, OptionValues, Value } from '@saliency/core'
import type { fullgradOptions } from './options.ts'

type Psi = OptionValues<typeof fullgradOptions>['psi']
type Rescale = OptionValues<typeof fullgradOptions>['rescale']

/** What is kept of a contribution v; here sits the rectifier. */
const keep: Readonly<Record<Psi, (ops: Ops, v: Value) => Value>> = {
  absolute: (ops, v) => ops.abs(v),
  positive: (ops, v) => ops.relu(v),
  negative: (ops, v) => ops.relu(ops.neg(v)),
  signed: (_, v) => v,
}

/** What is shared when contributions are rescaled, and the ε of the code that does it so: idiap's, pytorch-grad-cam's. */
const ranges = {
  layer: { axes: [1, 2, 3], epsilon: 1e-6 },
  channel: { axes: [2, 3], epsilon: 1e-7 },
} as const

/**
 * Σ over channels of ψ(v), `[n, 1, h, w]`. One-sided: (v − min)/(max + ε), min and max over a whole layer or a channel,
 * the maximum after the minimum is taken off. Signed: v/(max |v| + ε), which leaves zero at zero.
 */
export function psi(ops: Ops, v: Value, options: { psi: Psi; rescale: Rescale }): Value {
  const kept = keep[options.psi](ops, v)
  const channels = { axes: [1] }
  if (options.rescale === 'none') return ops.reduceSum(kept, channels)
  const { axes, epsilon } = ranges[options.rescale]
  const least = options.psi === 'signed' ? undefined : ops.reduceMin(kept, { axes })
  const most = least ? ops.sub(ops.reduceMax(kept, { axes }), least) : ops.reduceMax(ops.abs(kept), { axes })
  const range = ops.add(most, epsilon)
  if (options.rescale === 'channel') {
    return ops.reduceSum(ops.div(least ? ops.sub(kept, least) : kept, range), channels)
  }
  // One range for the layer: the channel sum commutes with the rescaling and is taken first, on far fewer values after.
  const total = ops.reduceSum(kept, channels)
  return ops.div(least ? ops.sub(total, ops.mul(least, Number(kept.shape[1]))) : total, range)
}
