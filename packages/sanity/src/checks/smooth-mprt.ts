import {
  defineCheck,
  type Check,
  type Condition,
  type GroupMaps,
  type OptionSpecs,
  type OptionValues,
} from '@saliency/core'
import { original } from '../original.ts'
import { namesIn, verdictOptions } from '../verdict/verdict-options.ts'
import { scorePairs, type Comparison } from '../verdict/score-pairs.ts'
import { similarityFigure } from '../verdict/similarity-figure.ts'
import { byVariant } from '../verdict/by-variant.ts'
import { verdictSummariser } from '../verdict/summarise-verdicts.ts'
import { batchNormOption } from './batch-norm.ts'
import { cascade, stepName, type CascadeStep } from './cascade.ts'
import { parseInitializer } from './initializer.ts'

const options = {
  similarities: {
    type: 'string',
    default: 'spearman-abs,spearman',
    description: "Similarities to record, separated by commas; the curves are the first one's.",
  },
  partners: verdictOptions.partners,
  threshold: verdictOptions.threshold,
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

const ORDER = 'bottom-up'

/** The noisy inputs of one weight state, the last without noise. */
function noisy(state: Condition, { samples, level }: Values): Condition[] {
  return Array.from({ length: samples }, (_, draw) => ({
    ...state,
    id: `${state.id}~${draw}`,
    input: draw === samples - 1 ? { kind: 'original' } : { kind: 'noise', level, draw },
  }))
}

/** One condition a step and draw of the cascade, without noise. */
function randomised({ step, name, layers }: CascadeStep, draw: number, values: Values): Condition {
  const { initializer, batchNorm, samples, level } = values
  return {
    ...original,
    id: `${stepName(ORDER, step, name)}#${draw}`,
    protocol: {
      step,
      block: name,
      draw,
      order: ORDER,
      initializer,
      batchNorm,
      samples,
      level,
      target: 'original prediction',
    },
    weights: { kind: 'randomized', layers, draw, initializer: parseInitializer(initializer), batchNorm },
  }
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

/** The noisy conditions of each step and draw. */
function statesOf(conditions: readonly Condition[]): Condition[][] {
  const states = new Map<string, Condition[]>()
  for (const condition of conditions) {
    const key = `${condition.protocol!['step']} ${condition.protocol!['draw']}`
    states.set(key, [...(states.get(key) ?? []), condition])
  }
  return [...states.values()]
}

const whyShown = (similarity: string) =>
  similarity.endsWith('-abs')
    ? 'shown, not judged: absolute values hide the sign'
    : `shown, not judged: a published protocol, which compares averages by ${similarity}`

/**
 * Smooth MPRT (Hedström et al. 2024): parameter randomisation from the image up, on maps averaged over noisy inputs.
 * The average comes first, absolute values after it.
 */
export const smoothMprt: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'smooth-mprt',
  explains: 'directions',
  title: 'Smooth MPRT',
  changes: "the model's parameters",
  references: ['Hedström et al. 2024, A Fresh Look at Sanity Checks for Saliency Maps, section 4.1'],
  options,
  conditions: ({ model, options: values }) => [
    ...noisy(original, values),
    ...cascade(model, {
      order: ORDER,
      unit: 'block',
      steps: values.steps,
      initializer: parseInitializer(values.initializer),
    }).flatMap((step) =>
      Array.from({ length: values.draws }, (_, draw) => noisy(randomised(step, draw, values), values)).flat(),
    ),
  ],
  async score({ variant, group, maps, conditions, options: values }) {
    const states = statesOf(conditions.filter(({ weights }) => weights.kind === 'randomized'))
    const samples = new Map([[original, noisy(original, values)]])
    const comparisons = states.map((noisyOnes): Comparison => {
      const to = noisyOnes[0]!
      const protocol = to.protocol!
      samples.set(to, noisyOnes)
      const condition = stepName(ORDER, Number(protocol['step']), String(protocol['block']))
      return { from: original, to, condition, protocol }
    })
    const smooth = (condition: Condition) => averaged(samples.get(condition)!, maps)
    const similarities = namesIn(values.similarities)
    return scorePairs({ variant, group, maps: smooth }, comparisons, {
      similarities,
      partners: values.partners,
    })
  },
  ...byVariant<typeof options>(({ options: values, variants }) => {
    const [judged = ''] = namesIn(values.similarities)
    const verdicts = verdictSummariser(variants, {
      judged,
      sharedDraws: true,
      steps: true,
      verdict: { threshold: values.threshold },
      notJudged: () => whyShown(judged),
    })
    return {
      ...verdicts,
      finish() {
        const summary = verdicts.finish()
        return { ...summary, figures: similarityFigure('Smooth MPRT', summary.curves ?? []) }
      },
    }
  }),
})
