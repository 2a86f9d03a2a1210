import { defineCheck, type Check } from '@saliency/core'
import { original } from '../original.ts'
import { verdictOptions, namesIn, whyNotJudged } from '../verdict/verdict-options.ts'
import { scorePairs, withChannels } from '../verdict/score-pairs.ts'
import { byVariant } from '../verdict/by-variant.ts'
import { verdictSummariser } from '../verdict/summarise-verdicts.ts'
import { similaritiesNamed } from '../similarity/similarities.ts'

const TWIN = 'twin'
const protocol = { target: 'original prediction', weights: 'trained on permuted labels', draw: 0 }

/** Do maps change when the network was trained on permuted labels? Needs the twin's weights. */
export const dataRandomization: Check = defineCheck<typeof verdictOptions>({
  contract: 1,
  id: 'data-randomization',
  explains: 'directions',
  title: 'Data randomisation',
  changes: 'the labels the model was trained on',
  references: ['Adebayo et al. 2018, Sanity Checks for Saliency Maps, section 3.2, arXiv:1810.03292'],
  options: verdictOptions,
  conditions: ({ options: { similarities, reduction } }) => {
    similaritiesNamed(namesIn(similarities))
    const from = withChannels(original, reduction)
    return [from, { ...from, id: TWIN, weights: { kind: 'twin' } }]
  },
  score: (context) => {
    const { similarities, partners, reduction } = context.options
    const from = withChannels(original, reduction)
    const wanted = context.conditions.filter(({ id }) => id === TWIN)
    const comparisons = wanted.map((to) => ({ from, to, condition: TWIN, protocol }))
    return scorePairs(context, comparisons, { similarities: namesIn(similarities), partners, reduction })
  },
  ...byVariant<typeof verdictOptions>(({ options, variants }) =>
    verdictSummariser(variants, {
      judged: 'spearman',
      sharedDraws: false,
      limit: 'about this twin alone: what another would give is not known',
      verdict: { threshold: options.threshold },
      notJudged: () => whyNotJudged(options),
    }),
  ),
})
