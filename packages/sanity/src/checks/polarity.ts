import { defineCheck, type Check, type OptionSpecs } from '@saliency/core'
import { original } from '../original.ts'
import { patches, segmentMeans } from '../faithfulness/order.ts'
import { classScores } from '../faithfulness/predictions.ts'
import { scoreImages, type ScoredImage } from '../faithfulness/score-images.ts'
import { substrateOf, substrates } from '../faithfulness/substrate.ts'
import { noValue, type Measurements } from '../metrics/image-rows.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'
import { judgePolarity } from '../polarity/judge-polarity.ts'
import { agreement, coinSigned, strongestOf, type SignedRegion } from '../polarity/strongest.ts'

const options = {
  patch: {
    type: 'integer',
    default: 0,
    minimum: 0,
    description: "Side of the judged regions in pixels; 0 takes an eighth of the image's shorter side.",
  },
  coins: {
    type: 'integer',
    default: 4,
    minimum: 1,
    maximum: 100,
    description: 'How often the signs of each map are thrown by a coin, for the chance level.',
  },
  substrate: {
    type: 'choice',
    choices: substrates,
    default: 'mean',
    description: 'What stands where a region is replaced.',
  },
  threshold: {
    type: 'number',
    default: 0.5,
    minimum: 0,
    maximum: 1,
    description: 'Agreement beyond chance from which on a sign holds: 0 is chance, 1 is always.',
  },
} as const satisfies OptionSpecs

const metrics = [
  'sign-agreement',
  'positive-agreement',
  'negative-agreement',
  'shuffled-agreement',
  'pixel-violation',
]

/** Mean of what is there. */
function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const defined = values.filter((value) => value !== undefined)
  return defined.length === 0 ? undefined : defined.reduce((sum, value) => sum + value, 0) / defined.length
}

/** Regions of an image, each replaced once whatever the number of questions about it. */
function replacer({ image, shape, random }: ScoredImage, substrate: string) {
  const to = substrateOf(substrate, image.input, shape, random('substrate'))
  const inputs = [image.input]
  const known = new Map<string, number>()
  return {
    inputs,
    /** The place among `inputs` of the image without one region. */
    without(size: string, segments: Uint32Array, segment: number): number {
      const key = `${size} ${segment}`
      const place = known.get(key) ?? inputs.length
      if (known.has(key)) return place
      known.set(key, place)
      inputs.push(image.input.map((value, i) => (segments[i % segments.length] === segment ? to[i]! : value)))
      return place
    },
  }
}

/** Does the sign mean anything? The strongest region of each sign is replaced: the logit should move as the sign says. */
export const polarity: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'polarity',
  title: 'Polarity: does the sign mean anything?',
  references: [
    'Liu, Li, Guo, Kong, Li, Wang 2022, Rethinking Attention-Model Explainability through Faithfulness Violation Test, section 4, ICML 2022, arXiv:2201.12114',
  ],
  options,
  conditions: () => [original],
  score(context) {
    const { patch, coins, substrate } = context.options
    const protocol = { patch, coins, substrate, score: 'logit' }
    return scoreImages(context, protocol, metrics, async (scored): Promise<Measurements> => {
      const { plane, target } = scored
      const side = patch || Math.max(1, Math.round(Math.min(plane.height, plane.width) / 8))
      const { segments, count } = patches(plane.height, plane.width, side)
      const pixels = Uint32Array.from({ length: plane.data.length }, (_, i) => i)
      const values = segmentMeans(plane.data, segments, count)
      const own = strongestOf(values)
      const random = scored.random('coins')
      const thrown = Array.from({ length: coins }, () => strongestOf(coinSigned(values, random)))
      const strongestPixel = Object.values(strongestOf(plane.data)).sort(
        (a, b) => Math.abs(plane.data[b.segment]!) - Math.abs(plane.data[a.segment]!),
      )[0] as SignedRegion
      const { inputs, without } = replacer(scored, substrate)
      const regions = [own, ...thrown].flatMap((one) => [one.positive, one.negative])
      const places = regions.map((region) => region && without('patch', segments, region.segment))
      const ofPixel = without('pixel', pixels, strongestPixel.segment)
      const { logits } = await classScores(context.predict, inputs, target)
      const drop = (place: number) => logits[0]! - logits[place]!
      const agreements = regions.map((region, i) => region && agreement(region, drop(places[i]!)))
      const [positive, negative, ...ofCoins] = agreements
      const because = (value: number | undefined, sign: string) =>
        value ?? noValue(`the map has no ${sign} region`)
      return {
        'sign-agreement':
          positive === undefined || negative === undefined
            ? noValue('the map has regions of one sign only')
            : (positive + negative) / 2,
        'positive-agreement': because(positive, 'positive'),
        'negative-agreement': because(negative, 'negative'),
        'shuffled-agreement': meanOf(ofCoins) ?? noValue('the map is zero in every region'),
        'pixel-violation': Number(strongestPixel.sign * drop(ofPixel) < 0),
      }
    })
  },
  summarise(rows, context) {
    const shown = meansByVariant([
      'Polarity is the agreement of sign and logit beyond chance: 0 for signs thrown by a coin, 1 where the logit always moves as the sign says.',
      "pixel-violation is Liu et al.'s ratio: how often the logit moves against the sign of the single strongest pixel; lower is better.",
    ]).summarise(rows, context)
    return {
      ...shown,
      findings: [...judgePolarity(rows, context.variants, context.options.threshold), ...shown.findings],
    }
  },
})
