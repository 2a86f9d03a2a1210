import {
  defineCheck,
  originalWeights,
  type Check,
  type Condition,
  type GroupMaps,
  type OptionSpecs,
} from '@saliency/core'
import { medianSorted } from 'simple-statistics'
import { noValue, rowsOfImage, type Measured } from '../metrics/image-rows.ts'
import { summariseMetrics } from '../metrics/summarise-metrics.ts'

const options = {
  draws: {
    type: 'integer',
    default: 2,
    minimum: 1,
    maximum: 20,
    description: 'Other classes drawn for each image, each compared with the predicted one.',
  },
} as const satisfies OptionSpecs

const predicted: Condition = {
  id: 'predicted-full',
  weights: originalWeights,
  target: { policy: 'rank', rank: 0 },
  input: { kind: 'original' },
  map: 'full',
}

function drawn(draw: number): Condition {
  return { ...predicted, id: `uniform-full#${draw}`, target: { policy: 'uniform', draw } }
}

/**
 * Median over places of |cos| between the channel vectors of two maps `[c, h, w]`; places where either is zero are left out.
 */
export function medianCosine(a: Float32Array, b: Float32Array, channels: number): Measured {
  const places = a.length / channels
  const cosines: number[] = []
  for (let place = 0; place < places; place++) {
    let [product, first, second] = [0, 0, 0]
    for (let at = place; at < a.length; at += places) {
      product += a[at]! * b[at]!
      first += a[at]! ** 2
      second += b[at]! ** 2
    }
    const cosine = Math.abs(product) / Math.sqrt(first * second)
    if (Number.isFinite(cosine)) cosines.push(Math.min(1, cosine))
  }
  if (cosines.length === 0) return noValue('no place has a signal in both maps')
  return medianSorted(cosines.sort((x, y) => x - y))
}

function compare(a: GroupMaps, b: GroupMaps, image: number): Measured {
  const [, channels] = a.shape
  if (channels < 2) return noValue('the map has one channel: every cosine is 1')
  const size = a.data.length / a.shape[0]
  const part = ({ data }: GroupMaps) => data.subarray(image * size, (image + 1) * size)
  return medianCosine(part(a), part(b), channels)
}

/**
 * Cosine-similarity convergence (Sixt et al. 2020) from the logits to the image: do signals that start in different classes
 * arrive in the same direction, so that the start survives as a factor only?
 */
export const cosineConvergence: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'cosine-convergence',
  title: 'Cosine-similarity convergence at the image',
  references: ['Sixt, Granz, Landgraf 2020, When Explanations Lie, section 4.3, arXiv:1912.09818'],
  options,
  conditions: ({ options: { draws } }) => [
    predicted,
    ...Array.from({ length: draws }, (_, draw) => drawn(draw)),
  ],
  async score({ variant, group, maps, options: { draws } }) {
    const before = await maps(predicted)
    const rows = []
    for (let draw = 0; draw < draws; draw++) {
      const after = await maps(drawn(draw))
      const protocol = {
        start: 'one-hot classes at the logits',
        end: 'image',
        draw,
        pooled: 'median over places',
      }
      const base = { variant, condition: 'uniform', protocol }
      rows.push(
        ...group.images.flatMap((image, i) =>
          rowsOfImage(base, image, { 'cosine-convergence': compare(before, after, i) }),
        ),
      )
    }
    return rows
  },
  summarise: (rows, { variants }) =>
    summariseMetrics(rows, variants, [
      '1: the class survives as a factor only. Chance is the median |cos| of random vectors with as many channels: .5 for three.',
    ]),
})
