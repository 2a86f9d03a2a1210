import { defineCheck, type Check, type OptionSpecs } from '@saliency/core'
import { original } from '../original.ts'
import { descending, patches, segmentMeans } from '../faithfulness/order.ts'
import { classScores } from '../faithfulness/predictions.ts'
import { areaUnder, removalInputs } from '../faithfulness/removal.ts'
import { scoreImages } from '../faithfulness/score-images.ts'
import { substrateOf, substrates } from '../faithfulness/substrate.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'

const options = {
  patch: {
    type: 'integer',
    default: 1,
    minimum: 1,
    description: 'Side of the patches removed together, in pixels; 1 flips pixels, 8 perturbs regions.',
  },
  steps: {
    type: 'integer',
    default: 32,
    minimum: 1,
    maximum: 1000,
    description: 'Points of the curve after the first.',
  },
  share: {
    type: 'number',
    default: 1,
    minimum: 0,
    maximum: 1,
    description: 'Share of the patches that are removed at the end of the curve.',
  },
  substrate: {
    type: 'choice',
    choices: substrates,
    default: 'zero',
    description: 'What stands where pixels are removed.',
  },
} as const satisfies OptionSpecs

/** Pixel flipping and region perturbation, most and least relevant first. */
export const pixelFlipping: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'pixel-flipping',
  title: 'Pixel flipping and region perturbation (MoRF, LeRF)',
  references: [
    'Bach et al. 2015, On Pixel-Wise Explanations, section "Pixel-wise decomposition and pixel-flipping"',
    'Samek et al. 2017, Evaluating the Visualization of What a Deep Neural Network Has Learned, equations 11 to 13, arXiv:1509.06321',
  ],
  better: { morf: 'lower', lerf: 'higher' },
  options,
  conditions: () => [original],
  score(context) {
    const { patch, steps, share, substrate } = context.options
    const protocol = { patch, steps, share, substrate, score: 'softmax probability' }
    return scoreImages(context, protocol, ['morf', 'lerf', 'lerf-morf', 'aopc'], async (scored) => {
      const { image, shape, plane, target } = scored
      const to = substrateOf(substrate, image.input, shape, scored.random('substrate'))
      const { segments, count } = patches(plane.height, plane.width, patch)
      const means = segmentMeans(plane.data, segments, count)
      const removed = Math.max(1, Math.round(share * count))
      const curve = async (values: Float64Array) => {
        const order = descending(values, scored.random('ties')).subarray(0, removed)
        const inputs = removalInputs({ image: image.input, substrate: to, segments, order, steps, count })
        return (await classScores(context.predict, inputs, target)).probabilities
      }
      const [most, least] = [await curve(means), await curve(means.map((value) => -value))]
      const [morf, lerf] = [areaUnder(most), areaUnder(least)]
      const drop = most.reduce((sum, value) => sum + most[0]! - value, 0) / most.length
      return { morf, lerf, 'lerf-morf': lerf - morf, aopc: drop }
    })
  },
  ...meansByVariant(['MoRF: lower is better; LeRF, their difference and AOPC: higher is better.']),
})
