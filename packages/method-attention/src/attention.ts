import { defineMethod, type GraphMethod } from '@saliency/core'
import { whyNoChain } from './chain.ts'
import { formulas } from './formulas/formulas.ts'
import { attentionOptions } from './options.ts'
import { siteOf } from './site-of.ts'
import { variants } from './variants.ts'

/** Attention maps of transformers over the grid of their tokens, `[n, 1, h', w']`; the prefix is dropped at the end. */
export const attention: GraphMethod<typeof attentionOptions> = defineMethod({
  contract: 1,
  id: 'attention',
  title: 'Attention maps of transformers',
  references: [
    'Abnar, Zuidema 2020, Quantifying Attention Flow in Transformers (arXiv:2005.00928): rollout',
    'Chefer, Gur, Wolf 2021, Transformer Interpretability Beyond Attention Visualization (arXiv:2012.09838): raw attention and attention Grad-CAM as its baselines',
    'Chefer, Gur, Wolf 2021, Generic Attention-model Explainability, equations 5 and 6 (arXiv:2103.15679): GenAtt',
    'Gildenblat 2020, vit-explain, vit_grad_rollout.py: gradient rollout',
    'Bousselham et al. 2025, LeGrad (arXiv:2404.03214)',
    'Leem, Seo 2024, Attention Guided CAM, equation 7 (arXiv:2402.04563): AGCAM',
    'Qiang et al. 2022, AttCAT: Explaining Transformers via Attentive Class Activation Tokens (NeurIPS 35)',
    'Brocki, Binda, Chung 2023, Class-Discriminative Attention Maps for Vision Transformers (arXiv:2312.02364): CDAM',
    'Chen et al. 2023, Beyond Intuition: Rethinking Token Attributions inside Transformers (TMLR), head-wise form',
  ],
  options: attentionOptions,
  variants,
  traits: { resolution: 'layer' },
  kind: 'graph',
  whyNot: whyNoChain,
  explain(context) {
    const site = siteOf(context)
    return site.tokens.map(formulas[context.options.map](site))
  },
})
