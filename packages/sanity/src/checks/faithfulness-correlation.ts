import { defineCheck, type Check, type OptionSpecs } from '@saliency/core'
import { original } from '../original.ts'
import { scoreImages } from '../faithfulness/score-images.ts'
import { subsetCorrelation } from '../faithfulness/subsets.ts'
import { substrateOf, substrates } from '../faithfulness/substrate.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'

const options = {
  size: {
    type: 'integer',
    default: 224,
    minimum: 1,
    description: 'Pixels in a subset; at most half of the image is taken.',
  },
  subsets: {
    type: 'integer',
    default: 100,
    minimum: 3,
    maximum: 1000,
    description: 'Random subsets per image.',
  },
  substrate: {
    type: 'choice',
    choices: substrates,
    default: 'black',
    description: 'What stands where pixels are removed.',
  },
} as const satisfies OptionSpecs

/** Faithfulness correlation (Bhatt et al. 2020). */
export const faithfulnessCorrelation: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'faithfulness-correlation',
  title: 'Faithfulness correlation',
  references: [
    'Bhatt, Weller, Moura 2020, Evaluating and Aggregating Feature-based Model Explanations, definition 3, arXiv:2005.00631',
  ],
  better: { 'faithfulness-correlation': 'higher' },
  options,
  conditions: () => [original],
  score(context) {
    const { size, subsets, substrate } = context.options
    const protocol = { size, subsets, substrate, score: 'logit' }
    return scoreImages(context, protocol, ['faithfulness-correlation'], async (scored) => {
      const { image, shape, plane } = scored
      const settings = {
        size: Math.min(size, Math.max(1, Math.floor(plane.data.length / 2))),
        subsets,
        substrate: substrateOf(substrate, image.input, shape, scored.random('substrate')),
      }
      return { 'faithfulness-correlation': await subsetCorrelation(scored, context.predict, settings) }
    })
  },
  ...meansByVariant(['1 is best, 0 is none; noisy with few subsets.']),
})
