import { defineMethod, type GraphMethod, type Ops, type OptionValues, type Value } from '@saliency/core'
import { contributions } from './contributions.ts'
import { fullgradOptions } from './options.ts'
import { placed } from './placed.ts'
import { upsample } from './upsample.ts'
import { variants } from './variants.ts'

type Choices = OptionValues<typeof fullgradOptions>

/** What is kept of a contribution: here sit the rectifiers. */
const handle: Readonly<Record<Choices['psi'], (ops: Ops, v: Value) => Value>> = {
  absolute: (ops, v) => ops.abs(v),
  positive: (ops, v) => ops.relu(v),
  negative: (ops, v) => ops.relu(ops.neg(v)),
  signed: (_, v) => v,
}

/** Over what is rescaled, with the ε of idiap's code and of pytorch-grad-cam. */
const ranges = {
  layer: { over: { axes: [1, 2, 3] }, epsilon: 1e-6 },
  channel: { over: { axes: [2, 3] }, epsilon: 1e-7 },
}

/** (v − min v) / (max v − min v + ε); of a signed v, v / (max |v| + ε), which leaves zero at zero. */
function rescale(ops: Ops, v: Value, options: Choices): Value {
  if (options.rescale === 'none') return v
  const { over, epsilon } = ranges[options.rescale]
  if (options.psi === 'signed') return ops.div(v, ops.add(ops.reduceMax(ops.abs(v), over), epsilon))
  const least = ops.reduceMin(v, over)
  return ops.div(ops.sub(v, least), ops.add(ops.sub(ops.reduceMax(v, over), least), epsilon))
}

/** FullGrad: Σ U(ψ(g · b)) over the image and every bias, `[n, 1, h, w]` at the image's size. */
export const fullgrad: GraphMethod<typeof fullgradOptions> = defineMethod({
  contract: 1,
  id: 'fullgrad',
  title: 'FullGrad',
  references: [
    'Srinivas, Fleuret 2019, Full-Gradient Representation for Neural Network Visualization, proposition 1 and equation 4 (arXiv:1905.00780)',
    'idiap/fullgrad-saliency: psi and the upsampling; SimpleFullGrad',
    'jacobgil/pytorch-grad-cam: psi per channel',
  ],
  options: fullgradOptions,
  variants,
  traits: { resolution: 'input' },
  kind: 'graph',
  explain(context) {
    const { ops, options } = context
    const psi = (v: Value) => rescale(ops, handle[options.psi](ops, v), options)
    const map = contributions(context)
      .flatMap((term) => placed(context.model, term) ?? [])
      .map((v) => upsample(context, ops.reduceSum(psi(v), { axes: [1] }), options.upsampling))
      .reduce((sum, term) => ops.add(sum, term))
    // What is kept of one sign is never negative, but for rounding.
    return options.psi === 'signed' ? map : ops.relu(map)
  },
})
