import { defineCheck, type Check, type OptionSpecs } from '@saliency/core'
import { original } from '../original.ts'
import { imputeLinearly } from '../faithfulness/impute.ts'
import { descending } from '../faithfulness/order.ts'
import { classScores } from '../faithfulness/predictions.ts'
import { scoreImages } from '../faithfulness/score-images.ts'
import { allUndefined } from '../metrics/image-rows.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'

const options = {
  steps: {
    type: 'integer',
    default: 9,
    minimum: 1,
    maximum: 99,
    description: 'Shares of removed pixels, evenly spread between 0 and 1, both left out.',
  },
  noise: {
    type: 'number',
    default: 0.01,
    minimum: 0,
    description: 'Standard deviation of the noise on imputed pixels.',
  },
} as const satisfies OptionSpecs

const metrics = ['road-morf', 'road-lerf', 'road']

/** ROAD (Rong et al. 2022): removal by noisy linear imputation, so that the hole itself says little. */
export const road: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'road',
  title: 'ROAD: removal with noisy linear imputation',
  references: [
    'Rong et al. 2022, A Consistent and Efficient Evaluation Strategy for Attribution Methods, section 4, arXiv:2202.00449',
  ],
  better: { 'road-morf': 'lower', 'road-lerf': 'higher' },
  options,
  conditions: () => [original],
  score(context) {
    const { steps, noise } = context.options
    const protocol = { steps, noise, score: 'softmax probability, mean over shares' }
    return scoreImages(context, protocol, metrics, async (scored) => {
      const { image, shape, plane, target } = scored
      const mean = async (values: Float32Array) => {
        const order = descending(values, scored.random('ties'))
        const inputs = Array.from({ length: steps }, (_, step) => {
          const removed = new Uint8Array(order.length)
          for (const at of order.subarray(0, Math.round(((step + 1) / (steps + 1)) * order.length)))
            removed[at] = 1
          return imputeLinearly(image.input, shape, removed, noise, scored.random(`noise ${step}`))
        })
        if (!inputs.every((input) => input !== undefined)) return undefined
        const { probabilities } = await classScores(context.predict, inputs, target)
        return probabilities.reduce((sum, value) => sum + value, 0) / steps
      }
      const [morf, lerf] = [await mean(plane.data), await mean(plane.data.map((value) => -value))]
      if (morf === undefined || lerf === undefined)
        return allUndefined(
          metrics,
          'removed pixels cannot be interpolated: the image has values that are not finite',
        )
      return { 'road-morf': morf, 'road-lerf': lerf, road: lerf - morf }
    })
  },
  ...meansByVariant(['road = LeRF minus MoRF: higher is better. Smoother maps can win without saying more.']),
})
