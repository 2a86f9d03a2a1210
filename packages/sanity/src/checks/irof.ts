import { defineCheck, type Check, type OptionSpecs } from '@saliency/core'
import { original } from '../original.ts'
import { descending, segmentMeans } from '../faithfulness/order.ts'
import { classScores } from '../faithfulness/predictions.ts'
import { areaUnder, removalInputs } from '../faithfulness/removal.ts'
import { scoreImages } from '../faithfulness/score-images.ts'
import { substrateOf } from '../faithfulness/substrate.ts'
import { superpixels } from '../faithfulness/superpixels.ts'
import { noValue } from '../metrics/image-rows.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'

const options = {
  segments: {
    type: 'integer',
    default: 300,
    minimum: 2,
    description: 'Superpixels per image; never more than a sixteenth of its pixels.',
  },
  steps: {
    type: 'integer',
    default: 30,
    minimum: 1,
    maximum: 1000,
    description: 'Points of the curve after the first.',
  },
} as const satisfies OptionSpecs

/** IROF (Rieger and Hansen 2020): remove superpixels by mean relevance; area over the curve of p / p₀. */
export const irof: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'irof',
  title: 'IROF: iterative removal of features',
  references: [
    'Rieger, Hansen 2020, IROF: a low resource evaluation metric for explanation methods, section 3, arXiv:2003.08747',
  ],
  better: { irof: 'higher' },
  options,
  conditions: () => [original],
  score(context) {
    const { segments: wanted, steps } = context.options
    const protocol = {
      segments: wanted,
      steps,
      substrate: 'mean',
      score: 'softmax probability / its value on the image',
    }
    return scoreImages(context, protocol, ['irof'], async (scored) => {
      const { image, shape, plane, target } = scored
      const most = Math.max(2, Math.floor(plane.data.length / 16))
      const { segments, count } = superpixels(image.input, shape, Math.min(wanted, most))
      const order = descending(segmentMeans(plane.data, segments, count), scored.random('ties'))
      const substrate = substrateOf('mean', image.input, shape, scored.random('substrate'))
      const inputs = removalInputs({
        image: image.input,
        substrate,
        segments,
        order,
        steps: Math.min(steps, count),
      })
      const { probabilities } = await classScores(context.predict, inputs, target)
      const start = probabilities[0]!
      if (!(start > 0)) return { irof: noValue('the model gives the class probability zero') }
      return { irof: 1 - areaUnder(probabilities.map((value) => value / start)) }
    })
  },
  ...meansByVariant(['Higher is better; the number of superpixels changes it.']),
})
