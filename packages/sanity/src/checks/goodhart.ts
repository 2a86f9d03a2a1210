import {
  defineCheck,
  type Check,
  type ImageGroup,
  type Measurement,
  type OptionSpecs,
  type Predict,
  type Row,
  type VariantFacts,
} from '@saliency/core'
import { original } from '../original.ts'
import { type Deletion, greedyOrder } from '../faithfulness/greedy.ts'
import { descending, patches, segmentMeans } from '../faithfulness/order.ts'
import { classScores } from '../faithfulness/predictions.ts'
import { areaUnder, removalInputs } from '../faithfulness/removal.ts'
import { scoreImages, type ScoredImage } from '../faithfulness/score-images.ts'
import { substrateOf, substrates } from '../faithfulness/substrate.ts'
import { valuesOf } from '../metrics/by-image.ts'
import type { Measurements } from '../metrics/image-rows.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'
import { meanDifference, pairedDifferences } from '../statistics/unit-verdict.ts'

const options = {
  patch: {
    type: 'integer',
    default: 0,
    minimum: 0,
    description: "Side of the patches in pixels; 0 takes an eighth of the image's shorter side.",
  },
  rounds: {
    type: 'integer',
    default: 4,
    minimum: 1,
    maximum: 1000,
    description:
      'How often the control tries all patches that are left; as many as patches is greedy deletion.',
  },
  deletion: {
    type: 'choice',
    choices: substrates,
    default: 'zero',
    description: 'What stands where patches are deleted.',
  },
  insertion: {
    type: 'choice',
    choices: substrates,
    default: 'blur',
    description: 'What patches are inserted into.',
  },
} as const satisfies OptionSpecs

type Values = {
  readonly patch: number
  readonly rounds: number
  readonly deletion: string
  readonly insertion: string
}

/** The metrics, and which end is better. */
const metrics = { 'patch-deletion': 'lower', 'patch-insertion': 'higher' } as const
/** The same of the control's order of patches. */
const ofControl = (metric: string) => `control-${metric}`

const names = Object.keys(metrics).flatMap((metric) => [metric, ofControl(metric)])

/** Areas under the class probability while patches go, or come, in an order. */
async function areas(scored: ScoredImage, values: Values, predict: Predict) {
  const { image, shape, plane, target, random } = scored
  const side = values.patch || Math.max(1, Math.round(Math.min(plane.height, plane.width) / 8))
  const { segments, count } = patches(plane.height, plane.width, side)
  const gone = substrateOf(values.deletion, image.input, shape, random('deletion'))
  const empty = substrateOf(values.insertion, image.input, shape, random('insertion'))
  const deletion: Deletion = { image: image.input, substrate: gone, segments, count }
  return {
    deletion,
    own: () => descending(segmentMeans(plane.data, segments, count), random('ties')),
    async of(order: Uint32Array): Promise<readonly [deletion: number, insertion: number]> {
      const area = async (from: Float32Array, to: Float32Array) => {
        const inputs = removalInputs({ image: from, substrate: to, segments, order, steps: count })
        return areaUnder((await classScores(predict, inputs, target)).probabilities)
      }
      return [await area(image.input, gone), await area(empty, image.input)]
    },
  }
}

type Areas = readonly [deletion: number, insertion: number]

/** The control does not depend on the variant: it is made once for a group whose variants follow one another. */
const made = new WeakMap<ImageGroup, Map<string, Promise<Areas>>>()

function controlOf(group: ImageGroup, image: string, make: () => Promise<Areas>): Promise<Areas> {
  const known = made.get(group) ?? new Map<string, Promise<Areas>>()
  made.set(group, known)
  const found = known.get(image) ?? make()
  known.set(image, found)
  return found
}

/** A gain of less than this, either way, is none. */
const SLIGHT = 0.1
/** What an interval says that holds both no gain and more than a slight one. */
const UNTOLD = 'not told apart from the control'

/** By how much a variant is better than the control on the same images: below 0 where the control wins. */
export function againstControl(
  variant: string,
  metric: keyof typeof metrics,
  rows: readonly Row[],
): Measurement {
  const [own, control] = [valuesOf(rows, metric), valuesOf(rows, ofControl(metric))]
  const sign = metrics[metric] === 'lower' ? -1 : 1
  const gains = pairedDifferences(own, control).map((difference) => sign * difference)
  const base = {
    variant,
    metric: `${metric}-gain`,
    images: gains.length,
    undefinedCount: own.size - gains.length,
  }
  if (gains.length < 2) return { ...base, value: null, outcome: 'undefined' }
  const mean = meanDifference(gains)
  return { ...base, ...mean, outcome: outcomeOf(mean.interval!) }
}

function outcomeOf([low, high]: readonly [number, number]): string {
  if (high < 0) return 'the control wins'
  if (low > 0) return 'better than the control'
  return low > -SLIGHT && high < SLIGHT ? 'as good as the control' : UNTOLD
}

/** What the control wins, in a sentence a metric. */
function sentences(
  findings: readonly Measurement[],
  rows: readonly Row[],
  facts: readonly VariantFacts[],
): string[] {
  const first = facts.find(({ id }) => rows.some(({ variant }) => variant === id))
  return (Object.keys(metrics) as (keyof typeof metrics)[]).map((metric) => {
    const own = findings.filter((finding) => finding.metric === `${metric}-gain` && finding.value !== null)
    const won = own.filter(({ outcome }) => outcome === 'the control wins').length
    const untold = own.filter(({ outcome }) => outcome === UNTOLD).length
    const but = untold === 0 ? '' : `; of ${untold} the images are too few to tell`
    const values = [
      ...valuesOf(
        rows.filter(({ variant }) => variant === first?.id),
        ofControl(metric),
      ).values(),
    ]
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
    return `${metric} (${metrics[metric]} is better): a map made by greedy deletion scores ${mean.toFixed(3).replace(/^0/, '')} and beats ${won} of ${own.length} variants${but}. It explains nothing, so whatever it wins proves nothing about explanation.`
  })
}

/** A Goodhart control: a map made for deletion itself, beside every variant. What it wins proves nothing about explanation. */
export const goodhart: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'goodhart',
  title: 'Goodhart control: what a map made for a metric wins',
  references: ['Petsiuk, Das, Saenko 2018, RISE, section 4.2, arXiv:1806.07421 (the metrics)'],
  options,
  conditions: () => [original],
  score(context) {
    const { group, predict, options: values } = context
    return scoreImages(
      context,
      { ...values, score: 'softmax probability' },
      names,
      async (scored): Promise<Measurements> => {
        const { deletion, own, of } = await areas(scored, values, predict)
        const control = await controlOf(group, scored.image.id, async () =>
          of(Uint32Array.from(await greedyOrder(deletion, scored.target, values.rounds, predict))),
        )
        const found = await of(own())
        return Object.fromEntries(
          Object.keys(metrics).flatMap((metric, i) => [
            [metric, found[i]!],
            [ofControl(metric), control[i]!],
          ]),
        )
      },
    )
  },
  summarise(rows, context) {
    const { variants } = context
    const ids = new Set(rows.map(({ variant }) => variant))
    const gains = variants
      .filter(({ id }) => ids.has(id))
      .flatMap(({ id }) => {
        const own = rows.filter(({ variant }) => variant === id)
        return (Object.keys(metrics) as (keyof typeof metrics)[]).map((metric) =>
          againstControl(id, metric, own),
        )
      })
    const shown = meansByVariant().summarise(
      rows.filter(({ metric }) => metric in metrics),
      context,
    )
    const notes = [...(ids.size > 0 ? sentences(gains, rows, variants) : []), ...(shown.notes ?? [])]
    return { findings: [...gains, ...shown.findings], notes }
  },
})
