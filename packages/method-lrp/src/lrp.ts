import type { GraphMethod } from '@saliency/core'
import { createLrp } from './create-lrp.ts'
import type { LrpOptionSpecs } from './options.ts'
import { tokenVariants } from './transformer-variants.ts'
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
    'Ali et al. 2022, "XAI for transformers: better explanations through conservative propagation" (arXiv:2202.07304): CP-LRP',
    'Achtibat et al. 2024, "AttnLRP: attention-aware layer-wise relevance propagation for transformers" (arXiv:2402.05602), eq. 7–9, propositions 3.1–3.4',
    'Mehri et al. 2025, "LibraGrad" (arXiv:2411.16760): CP-LRP without ε as a gradient',
    'Anders et al. 2021, "Software for dataset-wide XAI" (arXiv:2106.13200): the rules as data',
  ],
  variants,
})

/** Relevance where a transformer's patches have become tokens and positions are not yet added, one map for all channels. */
export const lrpAtTokens: GraphMethod<LrpOptionSpecs> = createLrp({
  id: 'lrp-at-tokens',
  title: 'Layer-wise relevance propagation down to the tokens',
  references: lrp.references,
  at: 'tokens',
  variants: tokenVariants,
})
