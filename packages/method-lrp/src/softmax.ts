import type { Value } from '@saliency/core'
import { asMultiple } from './multiples.ts'
import { refused, type Treat } from './walk.ts'

/**
 * What the scores S of A = softmax(S) receive: S ⊙ (R − A ΣR), its Taylor decomposition (AttnLRP: Achtibat et al. 2024,
 * proposition 3.1). With R = A ⊙ c that is S times the gradient. ΣR − ΣA ΣR of it is left, whatever the scores.
 */
const decomposed: Treat = (site) => {
  const { node, inputs, output, signal, ops } = site
  const multiple = asMultiple(site, (c) => site.vjp(c))
  if (multiple) return multiple
  const { axis } = node.attributes as unknown as { readonly axis: number }
  const all = ops.reduceSum(signal, { axes: [axis] })
  return [ops.mul(inputs[0] as Value, ops.sub(signal, ops.mul(output, all)))]
}

/** Softmax inside the network, by the composite. */
export const softmax: Treat = (site, walk) => {
  const rule = walk.composition.ruleFor(site.node)
  if (rule === 'taylor') return decomposed(site, walk)
  if (rule === 'pass') return [site.signal]
  if (rule === 'gradient') return site.vjp()
  if (typeof rule === 'object' && 'propagate' in rule) return rule.propagate(site)
  throw refused(
    site.node,
    'has no relevance rule here: it is neither linear, nor an activation, nor a gate',
    "Treat it as AttnLRP does by 'softmax=taylor' in the option 'rules', or explain this model with a gradient method.",
  )
}
