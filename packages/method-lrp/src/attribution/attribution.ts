import { defineMethod, type ExplainContext, type GraphMethod, type Value } from '@saliency/core'
import { attributionOptions } from './options.ts'
import { relevanceWalk } from './relevance-walk.ts'
import { chainOf, whyNoChain } from './chain.ts'

type Context = ExplainContext<typeof attributionOptions>

/** M = Ēₕ h(∂y/∂A ⊙ R(A)) of every block that counts, `[n, t, t]`. */
function matrices(context: Context, attentions: readonly Value[]): readonly Value[] {
  const { ops, options, backward } = context
  const [gradient, relevance] = [backward(), relevanceWalk(context)]
  return attentions.map((A) => {
    const product = ops.mul(gradient.at(A), relevance.at(A))
    return ops.reduceMean(options.rectify ? ops.relu(product) : product, { axes: [1], keepdims: false })
  })
}

/** Transformer Attribution: (1 + M₋₁) … (1 + M_from), M = Ēₕ ReLU(∂y/∂A ⊙ R(A)), the rows that the logits read, `[n, 1, h', w']`. */
export const transformerAttribution: GraphMethod<typeof attributionOptions> = defineMethod({
  contract: 1,
  id: 'transformer-attribution',
  title: 'Transformer Attribution',
  references: [
    'Chefer, Gur, Wolf 2021, Transformer Interpretability Beyond Attention Visualization (arXiv:2012.09838), sections 3.1 to 3.3',
    'hila-chefer/Transformer-Explainability: layers_ours.py, ViT_LRP.py (start_layer 1)',
  ],
  options: attributionOptions,
  variants: {
    'transformer-attribution': {
      description:
        "The authors' method: z⁺ down to each attention, ReLU before heads are averaged, from block 1.",
      handling: 'positive',
      counterpart: 'no-relu',
      options: {},
    },
    'no-relu': {
      description:
        'Without the ReLU: gradients keep their sign, while relevance comes down by z⁺ as theirs does.',
      handling: 'signed',
      options: { rectify: false },
    },
    signed: {
      description: 'Without the ReLU, and both signs in dense layers: no step singles out what is positive.',
      handling: 'signed',
      options: { rectify: false, relevance: 'signed' },
    },
  },
  traits: { resolution: 'layer', dividesTotals: true },
  kind: 'graph',
  whyNot: whyNoChain,
  explain(context) {
    const { ops } = context
    const { attentions, start, map } = chainOf(context)
    // r ← r + r M from the last block down: no product of two matrices is made.
    const rows = matrices(context, attentions).reduceRight((r, M) => ops.add(r, ops.matMul(r, M)), start)
    return map(rows)
  },
})
