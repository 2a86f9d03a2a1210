import { defineMethod, type GraphMethod } from '@saliency/core'
import { terms } from './contributions.ts'
import { fullgradOptions } from './options.ts'
import { rescale } from './rescale.ts'
import { stacksOf, type Stack } from './stack.ts'
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
    // The contribution of a dense layer's bias has no place in the image.
    const spatial = terms(context).filter(({ signal }) => signal.shape.length === 4)
    const stacks = stacksOf(ops, spatial)
    const { sums, offset } = rescale(ops, stacks, options)
    const maps = sums.map((sum, at) => {
      const [, ...size] = (stacks[at] as Stack).size
      return ops.reshape(sum, ['n', 1, ...size])
    })
    const map = superpose(context, maps, options.upsampling)
    // A constant stays one when it is resized. The sum of what is above the least is never negative, but for rounding.
    return offset ? ops.relu(ops.sub(map, ops.reshape(offset, ['n', 1, 1, 1]))) : map
  },
})
