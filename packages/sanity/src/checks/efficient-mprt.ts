import { defineCheck, type Check, type Condition, type OptionSpecs } from '@saliency/core'
import { original } from '../original.ts'
import { planesOf } from '../verdict/planes.ts'
import { histogramEntropy } from '../metrics/entropy.ts'
import { noValue, rowsOfImage, type Measured } from '../metrics/image-rows.ts'
import { meanOverDraws, meansByVariant } from '../metrics/summarise-metrics.ts'
import { whyUndefined, type Plane } from '../similarity/plane.ts'
import { batchNormOption } from './batch-norm.ts'
import { cascade } from './cascade.ts'
import { parseInitializer } from './initializer.ts'

const options = {
  bins: {
    type: 'integer',
    default: 100,
    minimum: 2,
    description: "Bins of the histogram over the map's own range.",
  },
  draws: {
    type: 'integer',
    default: 1,
    minimum: 1,
    maximum: 100,
    description: 'Independent draws of the random weights.',
  },
  initializer: { type: 'string', default: 'layer', description: "'layer', 'normal(0.1)' or 'permute'." },
  batchNorm: batchNormOption,
} as const satisfies OptionSpecs

/** An original entropy below this makes the ratio meaningless. */
const LEAST_ENTROPY = 1e-6

function rise(before: Plane, after: Plane, bins: number): Measured {
  const why = whyUndefined(before.data) ?? whyUndefined(after.data)
  if (why) return noValue(`one of the maps is ${why}`)
  const entropy = histogramEntropy(before.data, bins)
  if (entropy < LEAST_ENTROPY) return noValue('the entropy of the original map is zero')
  return (histogramEntropy(after.data, bins) - entropy) / entropy
}

/** Efficient MPRT: relative rise of a map's entropy from the trained to the fully random model; the paper reads a higher one as better. */
export const efficientMprt: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'efficient-mprt',
  title: 'Efficient MPRT',
  references: ['Hedström et al. 2024, A Fresh Look at Sanity Checks for Saliency Maps, section 4.2'],
  options,
  conditions({ model, options: { draws, initializer: text, batchNorm } }) {
    const initializer = parseInitializer(text)
    const last = cascade(model, { order: 'top-down', unit: 'block', steps: 1, initializer })
    const random = last.flatMap(({ layers }) =>
      Array.from({ length: draws }, (_, draw): Condition => ({
        ...original,
        id: `random#${draw}`,
        weights: {
          kind: 'randomized',
          layers,
          draw,
          initializer,
          batchNorm,
        },
      })),
    )
    return [original, ...random]
  },
  async score({ variant, group, maps, conditions, options: { bins, initializer, batchNorm } }) {
    const before = planesOf(await maps(original))
    const rows = []
    for (const condition of conditions) {
      if (condition.weights.kind !== 'randomized') continue
      const after = planesOf(await maps(condition))
      const { draw } = condition.weights
      const protocol = { draw, bins, initializer, batchNorm, target: 'original prediction' }
      const base = { variant, condition: 'random', protocol }
      rows.push(
        ...group.images.flatMap((image, i) =>
          rowsOfImage(base, image, { 'entropy-rise': rise(before[i]!, after[i]!, bins) }),
        ),
      )
    }
    return rows
  },
  ...meansByVariant(
    ['Entropy rise ranks guided backpropagation best in published runs: read it with the verdict beside it.'],
    meanOverDraws,
  ),
})
