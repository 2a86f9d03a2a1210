import { defineCheck, originalWeights, type Check, type Condition } from '@saliency/core'
import { axisOptions, namesIn, whyNotJudged } from '../axis/axis-options.ts'
import { scorePairs, withChannels } from '../axis/score-pairs.ts'
import { summariseAxis } from '../axis/summarise.ts'
import { similaritiesNamed } from '../similarity/similarities.ts'

const base: Condition = {
  id: 'original',
  weights: originalWeights,
  target: { policy: 'rank', rank: 0 },
  input: { kind: 'original' },
}
const TWIN = 'twin'
const protocol = { target: 'original prediction', weights: 'trained on permuted labels', draw: 0 }

/** Do maps change when the network was trained on permuted labels? Needs the twin's weights. */
export const dataRandomization: Check = defineCheck<typeof axisOptions>({
  contract: 1,
  id: 'data-randomization',
  title: 'Data randomisation',
  references: ['Adebayo et al. 2018, Sanity Checks for Saliency Maps, section 3.2, arXiv:1810.03292'],
  options: axisOptions,
  conditions: ({ options: { similarities, reduction } }) => {
    similaritiesNamed(namesIn(similarities))
    const original = withChannels(base, reduction)
    return [original, { ...original, id: TWIN, weights: { kind: 'twin' } }]
  },
  score: (context) => {
    const { similarities, partners, reduction } = context.options
    const from = withChannels(base, reduction)
    const wanted = context.conditions.filter(({ id }) => id === TWIN)
    const comparisons = wanted.map((to) => ({ from, to, condition: TWIN, protocol }))
    return scorePairs(context, comparisons, { similarities: namesIn(similarities), partners, reduction })
  },
  summarise: (rows, { options, variants }) =>
    summariseAxis(rows, variants, {
      judged: 'spearman',
      sharedDraws: false,
      limit: 'about this twin alone: what another would give is not known',
      verdict: { threshold: options.threshold },
      notJudged: () => whyNotJudged(options),
    }),
})
