import type { GraphMethod } from '@saliency/core'
import { createLrp } from './create-lrp.ts'
import type { LrpOptionSpecs } from './options.ts'
import { variants } from './variants.ts'

/** Layer-wise relevance propagation. */
export const lrp: GraphMethod<LrpOptionSpecs> = createLrp({
  id: 'lrp',
  title: 'Layer-wise relevance propagation',
  references: [
    'Bach et al. 2015, "On pixel-wise explanations for non-linear classifier decisions by LRP", eq. 56–62',
    'Montavon et al. 2017, "Explaining nonlinear classification decisions with deep Taylor decomposition" (arXiv:1512.02479), eq. 11–17',
    'Montavon et al. 2019, "Layer-wise relevance propagation: an overview", sec. 10.2',
    'Zhang et al. 2016, "Top-down neural attention by excitation backprop" (arXiv:1608.00507), eq. 2–6',
    'Anders et al. 2021, "Software for dataset-wide XAI" (arXiv:2106.13200): the rules as data',
  ],
  variants,
})
