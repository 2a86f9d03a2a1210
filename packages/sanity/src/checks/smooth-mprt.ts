import {
  defineCheck,
  originalWeights,
  type Check,
  type Condition,
  type GroupMaps,
  type OptionSpecs,
  type OptionValues,
  type Row,
  type WeightState,
} from '@saliency/core'
import { axisOptions } from '../axis/axis-options.ts'
import { scorePairs, type Comparison } from '../axis/score-pairs.ts'
import { summariseAxis } from '../axis/summarise.ts'
import { batchNormOption } from './batch-norm.ts'
import { cascade, type CascadeStep } from './cascade.ts'
import { parseInitializer } from './initializer.ts'

const options = {
  partners: axisOptions.partners,
  threshold: axisOptions.threshold,
  samples: {
    type: 'integer',
    default: 50,
    minimum: 1,
    maximum: 200,
    description: 'Noisy inputs averaged per map, the last without noise.',
  },
  level: {
    type: 'number',
    default: 0.1,
    minimum: 0,
    description: "Standard deviation of the noise as a share of the image's range (max − min).",
  },
  draws: {
    type: 'integer',
    default: 1,
    minimum: 1,
    maximum: 100,
    description: 'Independent draws of the random weights.',
  },
  steps: {
    type: 'integer',
    default: 0,
    minimum: 0,
    description: 'At most so many steps; 0 for every block.',
  },
  initializer: { type: 'string', default: 'layer', description: "'layer', 'normal(0.1)' or 'permute'." },
  batchNorm: batchNormOption,
} as const satisfies OptionSpecs

type Values = OptionValues<typeof options>

/** The noisy inputs of one weight state; `name` is what they have in common. */
function noisy(name: string, weights: WeightState, { samples, level }: Values): Condition[] {
  const target = { policy: 'rank', rank: 0 } as const
  return Array.from({ length: samples }, (_, draw) => ({
    id: `${name}~${draw}`,
    weights,
    target,
    input: draw === samples - 1 ? { kind: 'original' } : { kind: 'noise', level, draw },
  }))
}

function stateOf({ layers }: CascadeStep, draw: number, { initializer, batchNorm }: Values): WeightState {
  return { kind: 'randomized', layers, draw, initializer: parseInitializer(initializer), batchNorm }
}

/** Sum of maps over the samples of one weight state: its ranks are those of the mean. */
async function averaged(
  samples: readonly Condition[],
  maps: (condition: Condition) => Promise<GroupMaps>,
): Promise<GroupMaps> {
  const [first, ...rest] = samples
  const total = await maps(first!)
  const data = Float32Array.from(total.data)
  for (const condition of rest) {
    const next = await maps(condition)
    for (let i = 0; i < data.length; i++) data[i]! += next.data[i]!
  }
  return { ...total, data }
}

/** Name of a weight state's conditions → those conditions. */
function groupsOf(conditions: readonly Condition[]): Map<string, Condition[]> {
  const groups = new Map<string, Condition[]>()
  for (const condition of conditions) {
    const name = condition.id.slice(0, condition.id.lastIndexOf('~'))
    groups.set(name, [...(groups.get(name) ?? []), condition])
  }
  return groups
}

function comparisonOf(name: string, to: Condition, from: Condition, values: Values): Comparison {
  const [, condition, step, block, draw] = /^(bottom-up:(\d+):(.*))#(\d+)$/s.exec(name) ?? []
  if (condition === undefined) throw new Error(`internal: '${name}' is no condition of smooth-mprt`)
  const protocol: Row['protocol'] = {
    step: Number(step),
    block: block!,
    draw: Number(draw),
    order: 'bottom-up',
    initializer: values.initializer,
    batchNorm: values.batchNorm,
    samples: values.samples,
    level: values.level,
    target: 'original prediction',
  }
  return { from, to: { ...to, id: name }, condition, protocol }
}

/**
 * Smooth MPRT (Hedström et al. 2024): parameter randomisation from the image up, on maps averaged over noisy inputs.
 * The average comes first, absolute values after it.
 */
export const smoothMprt: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'smooth-mprt',
  title: 'Smooth MPRT',
  references: ['Hedström et al. 2024, A Fresh Look at Sanity Checks for Saliency Maps, section 4.1'],
  options,
  conditions: ({ model, options: values }) => [
    ...noisy('original', originalWeights, values),
    ...cascade(model, { order: 'bottom-up', unit: 'block', steps: values.steps }).flatMap((step) =>
      Array.from({ length: values.draws }, (_, draw) => {
        const name = `bottom-up:${String(step.step).padStart(2, '0')}:${step.name}#${draw}`
        return noisy(name, stateOf(step, draw, values), values)
      }).flat(),
    ),
  ],
  async score({ variant, group, maps, conditions, options: values }) {
    const references = noisy('original', originalWeights, values)
    const groups = groupsOf(conditions.filter(({ weights }) => weights.kind === 'randomized'))
    const from = { ...references[0]!, id: 'original' }
    const comparisons = [...groups].map(([name, [first]]) => comparisonOf(name, first!, from, values))
    const samplesOf = (id: string) => (id === 'original' ? references : groups.get(id)!)
    const smooth = (condition: Condition) => averaged(samplesOf(condition.id), maps)
    const similarities = ['spearman-abs', 'spearman']
    return scorePairs({ variant, group, maps: smooth }, comparisons, {
      similarities,
      partners: values.partners,
    })
  },
  summarise: (rows, { options: values, variants }) =>
    summariseAxis(rows, variants, {
      judged: 'spearman-abs',
      sharedDraws: true,
      steps: true,
      verdict: { threshold: values.threshold },
      notJudged: () => 'shown, not judged: absolute values hide the sign',
    }),
})
