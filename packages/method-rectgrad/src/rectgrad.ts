import {
  defineMethod,
  type GraphMethod,
  type Model,
  type Node,
  type Rules,
  type RuleTable,
} from '@saliency/core'
import { borderRule } from './border-rule.ts'
import { rectgradOptions } from './options.ts'
import { prrRule } from './prr-rule.ts'
import { reluRule } from './relu-rule.ts'
import { variants } from './variants.ts'

/**
 * The rectifiers that are thresholded: those that switch between two formulas, as ReLU does. In a network without any, GELU,
 * SiLU and their like (this project's reading: the paper knows ReLU alone).
 */
function sitesOf({ rectifiers }: Model): (node: Node) => boolean {
  const kind = [...rectifiers.values()].includes('switched') ? 'switched' : 'gated'
  return (node) => rectifiers.get(node) === kind
}

/** RectGrad: the signal at the image when every ReLU lets only important signals pass, `[n, c, h, w]`. */
export const rectgrad: GraphMethod<typeof rectgradOptions> = defineMethod({
  contract: 1,
  id: 'rectgrad',
  title: 'Rectified Gradient',
  references: [
    'Kim et al. 2019, Why are Saliency Maps Noisy? Cause of and Solution to Noisy Saliency Maps, section 4 (arXiv:1902.04893)',
    '1202kbs/Rectified-Gradient: the threshold, the input product, PRR and the constant threshold',
    'Khakzar et al. 2021, Neural Response Interpretation through the Lens of Critical Pathways (arXiv:2103.16886): RectGradAbs, in its code',
  ],
  options: rectgradOptions,
  variants,
  traits: { resolution: 'input' },
  kind: 'graph',
  whyNot: ({ noRectifier }) => noRectifier,
  explain({ model, ops, backward, options }) {
    const others: RuleTable = {
      ...(options.prr && prrRule(backward)),
      ...(options.borderTrick !== 'none' && borderRule(options.borderTrick)),
    }
    const rules: Rules = [
      [sitesOf(model), reluRule(options)],
      [() => true, others],
    ]
    const signal = backward({ rules }).at(model.image)
    return options.inputProduct ? ops.mul(model.image, signal) : signal
  },
})
