import { defineMethod, type GraphMethod } from '@saliency/core'
import { termsOf } from './contributions.ts'
import { fullgradOptions } from './options.ts'
import { psi } from './psi.ts'
import { stacksOf } from './stack.ts'
import { superpose } from './superpose.ts'
import { variants } from './variants.ts'

/** FullGrad: Σ U(ψ(contribution)) over the image and every biased layer, `[n, 1, h, w]` at the image's size. */
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
    const maps = stacksOf(ops, termsOf(context)).map((stack) => psi(ops, stack, options))
    const map = superpose(context, maps, options.upsampling)
    // What is kept of one sign is never negative, but for rounding.
    return options.psi === 'signed' ? map : ops.relu(map)
  },
})
