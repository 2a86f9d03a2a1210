import { defineMethod, type GraphMethod } from '@saliency/core'
import { terms } from './contributions.ts'
import { fullgradOptions } from './options.ts'
import { psi } from './psi.ts'
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
    const { model, ops, options } = context
    const [, , height, width] = model.image.shape
    // The contribution of a dense layer's bias has no place in the image.
    const spatial = terms(context).filter(({ signal }) => signal.shape.length === 4)
    const maps = spatial.map((each) => psi(ops, each, options))
    return superpose(ops, maps, [Number(height), Number(width)])
  },
})
