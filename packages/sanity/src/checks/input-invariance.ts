import { defineCheck, type Check, type Condition, type OptionSpecs } from '@saliency/core'
import { original } from '../original.ts'
import { planesOf } from '../verdict/planes.ts'
import { distance } from '../metrics/distance.ts'
import { allUndefined, rowsOfImage, type Measurements } from '../metrics/image-rows.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'
import { whyUndefined, type Plane } from '../similarity/plane.ts'

const options = {
  amount: {
    type: 'number',
    default: 1,
    description: 'What is added to every pixel, in preprocessed units, and taken back by the first layer.',
  },
} as const satisfies OptionSpecs

const metrics = ['input-invariance']
const shifted = (amount: number): Condition => ({
  ...original,
  id: `shift(${amount})`,
  weights: { kind: 'shifted', amount },
  input: { kind: 'shift', amount },
})

/** L2 of the change / L2 of the map: 0 for a map that sees what the network sees. */
function measure(before: Plane, after: Plane): Measurements {
  const why = whyUndefined(before.data) ?? whyUndefined(after.data)
  if (why) return allUndefined(metrics, `a map is ${why}`)
  const norm = distance(before.data, new Float32Array(before.data.length))
  return { 'input-invariance': distance(before.data, after.data) / norm }
}

/** Does the map change when the image and the first layer change so that the network computes the same? */
export const inputInvariance: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'input-invariance',
  explains: 'directions',
  title: 'Input invariance',
  references: [
    'Kindermans et al. 2017, The (Un)reliability of Saliency Methods, section 2, arXiv:1711.00867',
  ],
  options,
  conditions: ({ options: { amount } }) => [original, shifted(amount)],
  async score({ variant, group, conditions, maps, options: { amount } }) {
    const changed = conditions.find(({ weights }) => weights.kind === 'shifted')
    if (!changed) return []
    const before = planesOf(await maps(original))
    const after = planesOf(await maps(changed))
    const protocol = { target: 'original prediction', amount, norm: 'L2 of the change / L2 of the map' }
    return group.images.flatMap((image, i) =>
      rowsOfImage(
        { variant, condition: `shift(${amount})`, protocol },
        image,
        measure(before[i]!, after[i]!),
      ),
    )
  },
  ...meansByVariant([
    'Methods that multiply by the input change by construction. Beside zero-padded borders the compensation is not exact, so a small value is expected of every method.',
  ]),
})
