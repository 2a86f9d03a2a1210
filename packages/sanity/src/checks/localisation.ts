import {
  defineCheck,
  originalWeights,
  type Check,
  type CheckImage,
  type Condition,
  type OptionSpecs,
} from '@saliency/core'
import { planesOf } from '../verdict/planes.ts'
import { maskOf } from '../localisation/mask.ts'
import { positiveMass, rankAccuracy, signedMass } from '../localisation/mass.ts'
import { pointingGame } from '../localisation/pointing.ts'
import { allUndefined, rowsOfImage, type Measurements } from '../metrics/image-rows.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'
import { whyUndefined, type Plane } from '../similarity/plane.ts'
import { topMembership } from '../similarity/top-k.ts'
import { resizePlane } from '../similarity/upsample.ts'

const options = {
  tolerance: {
    type: 'number',
    default: 15 / 224,
    minimum: 0,
    maximum: 1,
    description:
      'How far beside the object the highest pixel may lie, as a share of the longer side; 15 of 224 pixels in Zhang et al.',
  },
} as const satisfies OptionSpecs

const label: Condition = {
  id: 'label',
  weights: originalWeights,
  target: { policy: 'label' },
  input: { kind: 'original' },
}

const metrics = ['pointing-game', 'relevance-rank', 'relevance-mass', 'relevance-mass-signed']

function measure(
  plane: Plane,
  image: CheckImage,
  shape: readonly [number, number, number],
  share: number,
): Measurements {
  const found = maskOf(image, 0, shape)
  if ('reason' in found) return allUndefined(metrics, found.reason)
  const why = whyUndefined(plane.data)
  if (why) return allUndefined(metrics, `the map is ${why}`)
  const [, height, width] = shape
  const { data } = resizePlane(plane, height, width)
  const pixels = found.mask.reduce((sum, value) => sum + value, 0)
  return {
    'pointing-game': pointingGame(data, found.mask, [height, width], share * Math.max(height, width)),
    'relevance-rank': rankAccuracy(topMembership(data, pixels), found.mask),
    'relevance-mass': positiveMass(data, found.mask),
    'relevance-mass-signed': signedMass(data, found.mask),
  }
}

/** Does relevance lie on the object? Pointing game, relevance rank, relevance mass on positive and on signed values. */
export const localisation: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'localisation',
  title: 'Localisation',
  references: [
    'Zhang et al. 2018, Top-Down Neural Attention by Excitation Backprop, section 4.1, arXiv:1608.00507',
    'Arras, Osman, Samek 2022, CLEVR-XAI, section 3.3, arXiv:2003.07258',
  ],
  options,
  conditions: () => [label],
  async score({ variant, group, maps, options: { tolerance } }) {
    const planes = planesOf(await maps(label))
    const protocol = { target: 'label', reduction: 'signed channel sum', tolerance }
    return planes.flatMap((plane, i) => {
      const image = group.images[i]!
      return rowsOfImage(
        { variant, condition: 'label', protocol },
        image,
        measure(plane, image, group.shape, tolerance),
      )
    })
  },
  ...meansByVariant(),
})
