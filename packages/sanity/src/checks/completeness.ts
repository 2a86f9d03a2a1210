import { defineCheck, type Check, type OptionSpecs } from '@saliency/core'
import { original } from '../original.ts'
import { stack } from '../faithfulness/predictions.ts'
import { allUndefined, rowsOfImage, type Measurements } from '../metrics/image-rows.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'

const options = {
  tolerance: {
    type: 'number',
    default: 1e-3,
    minimum: 0,
    description: 'Relative error up to which a map counts as complete.',
  },
} as const satisfies OptionSpecs

const metrics = ['completeness-error', 'completeness-error-zero-baseline', 'complete']

function measure(sum: number, logit: number, baseline: number, tolerance: number): Measurements {
  const error = (expected: number) => Math.abs(sum - expected) / Math.max(Math.abs(expected), 1e-12)
  if (!Number.isFinite(sum)) return allUndefined(metrics, 'the map is not finite')
  const [toZero, toBaseline] = [error(logit), error(logit - baseline)]
  return {
    'completeness-error': toZero,
    'completeness-error-zero-baseline': toBaseline,
    complete: Math.min(toZero, toBaseline) <= tolerance ? 1 : 0,
  }
}

/** Does a map sum to the logit, or to its difference from the logit of a zero input? Relative error, to a tolerance. */
export const completeness: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'completeness',
  title: 'Completeness',
  references: [
    'Sundararajan, Taly, Yan 2017, Axiomatic Attribution for Deep Networks, section 3, arXiv:1703.01365',
    'Bach et al. 2015, On Pixel-Wise Explanations, equation 2',
  ],
  options,
  conditions: () => [original],
  async score({ variant, group, maps, predict, options: { tolerance } }) {
    const { data, shape, targets } = await maps(original)
    const size = data.length / shape[0]
    const inputs = stack(group.images.map((image) => image.input))
    const [at, zero] = [await predict(inputs), await predict(new Float32Array(group.images[0]!.input.length))]
    const protocol = { target: 'original prediction', tolerance, baseline: 'zero in preprocessed units' }
    return group.images.flatMap((image, i) => {
      const sum = data.subarray(i * size, (i + 1) * size).reduce((total, value) => total + value, 0)
      const logit = at.logits[i * at.classes + targets[i]!]!
      const measured = measure(sum, logit, zero.logits[targets[i]!]!, tolerance)
      return rowsOfImage({ variant, condition: 'original', protocol }, image, measured)
    })
  },
  ...meansByVariant([
    'Completeness says where relevance goes in sum, not whether it goes to the right place.',
  ]),
})
