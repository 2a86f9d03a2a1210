import {
  blockOutputs,
  defineCheck,
  originalWeights,
  SaliencyError,
  type Check,
  type Condition,
  type LayerConvergence,
  type Model,
  type OptionSpecs,
  type OptionValues,
  type Row,
} from '@saliency/core'
import { medianSorted } from 'simple-statistics'
import { namesIn } from '../verdict/verdict-options.ts'
import { noValue, rowsOfImage, type Measured } from '../metrics/image-rows.ts'
import { COSINE_CONVERGENCE, SILENT_PLACES, summariseConvergence } from './convergence-summary.ts'
import { spread } from './spread.ts'

const options = {
  from: {
    type: 'string',
    default: '',
    description:
      "Layers at whose outputs random relevance starts, separated by commas; empty: the ends of blocks, evenly spread from the logits down, as many as 'starts' says.",
  },
  starts: {
    type: 'integer',
    default: 5,
    minimum: 1,
    maximum: 100,
    description: "How many layers relevance starts from where 'from' names none.",
  },
  draws: {
    type: 'integer',
    default: 5,
    minimum: 2,
    maximum: 20,
    description: 'Independent random starts at each of these layers; every pair of them is compared.',
  },
} as const satisfies OptionSpecs

type Values = OptionValues<typeof options>

/** The layers relevance starts from, the highest first. The lowest block has nothing but the image below it. */
function startsOf(model: Model, { from, starts }: Values): string[] {
  const named = namesIn(from).map((name) => model.layer(name).name)
  if (named.length > 0) return [...new Set(named)]
  const ends = blockOutputs(model).map(({ layer }) => layer)
  const usable = ends.length > 1 ? ends.slice(1) : ends
  return spread(usable.toReversed(), starts === 1 ? 0 : starts).slice(0, starts)
}

function conditionFor(from: string, draws: number): Condition {
  return {
    id: `from ${from}`,
    weights: originalWeights,
    target: { policy: 'rank', rank: 0 },
    input: { kind: 'original' },
    relevance: { from, draws },
  }
}

/** The median |cos| of one image at one layer over places and pairs of starts, and the share of places without signal. */
export function convergenceAt(
  { cosines, channels, shape: [images] }: LayerConvergence,
  image: number,
): { median: Measured; silent: number } {
  const size = cosines.length / images
  const all = cosines.subarray(image * size, (image + 1) * size)
  const heard = all.filter((value) => value !== -1)
  const silent = 1 - heard.length / all.length
  if (channels < 2) return { median: noValue('the layer has one channel: every cosine is 1'), silent }
  if (heard.length === 0) return { median: noValue('no place has a signal from both starts'), silent }
  if (!heard.every(Number.isFinite)) return { median: noValue('a signal is not finite'), silent }
  return { median: medianSorted(heard.sort() as unknown as number[]), silent }
}

/**
 * Cosine-similarity convergence (Sixt et al. 2020): does a method carry different random relevance to the same direction?
 * Where it does, what it shows of a class is one number, whatever class that is.
 */
export const cosineConvergence: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'cosine-convergence',
  explains: 'directions',
  title: 'Cosine-similarity convergence',
  references: ['Sixt, Granz, Landgraf 2020, When Explanations Lie, section 4, arXiv:1912.09818'],
  options,
  conditions: ({ model, options: values }) =>
    startsOf(model, values).map((from) => conditionFor(from, values.draws)),
  async score({ variant, group, conditions, maps }) {
    const rows: Row[] = []
    for (const condition of conditions) {
      if (!condition.relevance) continue
      const { from: start, draws } = condition.relevance
      const { convergence } = await maps(condition)
      if (!convergence) {
        throw new SaliencyError('INVALID_PLUGIN', `no random relevance was carried down from ${start}.`)
      }
      const common = { start, draws, pooled: 'median over places and pairs of draws' }
      if ('notApplicable' in convergence) {
        const base = {
          variant,
          condition: condition.id,
          protocol: { ...common, end: 'none', step: 0, channels: 0 },
        }
        const none = { [COSINE_CONVERGENCE]: noValue(`not applicable: ${convergence.notApplicable}`) }
        rows.push(...group.images.flatMap((image) => rowsOfImage(base, image, none)))
        continue
      }
      for (const [index, layer] of convergence.layers.entries()) {
        const protocol = { ...common, end: layer.layer, step: index + 1, channels: layer.channels }
        const base = { variant, condition: `${condition.id} to ${layer.layer}`, protocol }
        for (const [i, image] of group.images.entries()) {
          const { median, silent } = convergenceAt(layer, i)
          const counted = silent > 0 ? { [SILENT_PLACES]: silent } : {}
          rows.push(...rowsOfImage(base, image, { [COSINE_CONVERGENCE]: median, ...counted }))
        }
      }
    }
    return rows
  },
  summarise: (rows, { variants }) => summariseConvergence(rows, variants),
})
