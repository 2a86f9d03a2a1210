import { defineCheck, originalWeights, type Check, type Condition } from '@saliency/core'
import { axisOptions, namesIn } from '../axis/axis-options.ts'
import { scorePairs } from '../axis/score-pairs.ts'
import { summariseAxis } from '../axis/summarise.ts'

const original: Condition = {
  id: 'original',
  weights: originalWeights,
  target: { policy: 'rank', rank: 0 },
  input: { kind: 'original' },
}
const twin: Condition = { ...original, id: 'twin', weights: { kind: 'twin' } }
const protocol = { target: 'original prediction', weights: 'trained on permuted labels', draw: 0 }

/** Do maps change when the network was trained on permuted labels? Needs the twin's weights. */
export const dataRandomization: Check = defineCheck<typeof axisOptions>({
  contract: 1,
  id: 'data-randomization',
  title: 'Data randomisation',
  references: ['Adebayo et al. 2018, Sanity Checks for Saliency Maps, section 3.2, arXiv:1810.03292'],
  options: axisOptions,
  conditions: () => [original, twin],
  score: (context) => {
    const { similarities, partners } = context.options
    const comparison = { from: original, to: twin, condition: 'twin', protocol }
    return scorePairs(context, [comparison], { similarities: namesIn(similarities), partners })
  },
  summarise: (rows, { options, variants }) =>
    summariseAxis(rows, variants, { judged: 'spearman', verdict: { threshold: options.threshold } }),
})
