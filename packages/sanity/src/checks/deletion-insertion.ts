import { defineCheck, type Check, type OptionSpecs } from '@saliency/core'
import { original } from '../original.ts'
import { descending, patches } from '../faithfulness/order.ts'
import { classScores } from '../faithfulness/predictions.ts'
import { areaUnder, removalInputs } from '../faithfulness/removal.ts'
import { scoreImages } from '../faithfulness/score-images.ts'
import { substrateOf, substrates } from '../faithfulness/substrate.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'

const options = {
  steps: {
    type: 'integer',
    default: 28,
    minimum: 1,
    maximum: 1000,
    description: 'Points of the curve after the first; RISE: 28 at 224² (1,792 pixels a step).',
  },
  deletion: {
    type: 'choice',
    choices: substrates,
    default: 'zero',
    description: 'What stands where pixels are deleted.',
  },
  insertion: {
    type: 'choice',
    choices: substrates,
    default: 'blur',
    description: 'What pixels are inserted into.',
  },
} as const satisfies OptionSpecs

/** Deletion and insertion (Petsiuk et al. 2018): area under the class probability while pixels go, or come, from the most relevant on. */
export const deletionInsertion: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'deletion-insertion',
  title: 'Deletion and insertion',
  references: ['Petsiuk, Das, Saenko 2018, RISE, section 4.2, arXiv:1806.07421'],
  better: { deletion: 'lower', insertion: 'higher' },
  options,
  conditions: () => [original],
  score(context) {
    const { steps, deletion, insertion } = context.options
    const protocol = { steps, deletion, insertion, score: 'softmax probability' }
    return scoreImages(context, protocol, ['deletion', 'insertion'], async (scored) => {
      const { image, shape, plane, target } = scored
      const random = scored.random('substrate')
      const order = descending(plane.data, scored.random('ties'))
      const { segments } = patches(plane.height, plane.width, 1)
      const area = async (from: Float32Array, to: Float32Array) => {
        const inputs = removalInputs({ image: from, substrate: to, segments, order, steps })
        return areaUnder((await classScores(context.predict, inputs, target)).probabilities)
      }
      return {
        deletion: await area(image.input, substrateOf(deletion, image.input, shape, random)),
        insertion: await area(substrateOf(insertion, image.input, shape, random), image.input),
      }
    })
  },
  ...meansByVariant(['Deletion: lower is better; insertion: higher is better, and it favours smooth maps.']),
})
