import { SaliencyError, type Value } from '@saliency/core'
import { again } from '../again.ts'
import { heads, queries } from './over.ts'
import type { Formula, Site } from './site.ts'

/** The mean of all tokens in the place of each. */
function averaged({ ops, model, tokens }: Site, end: Value): Value {
  if (end.shape.length === 3) return ops.expand(ops.reduceMean(end, { axes: [tokens.axis] }), end.shape)
  throw new SaliencyError(
    'UNSUPPORTED_MODEL',
    `attention: ${model.name} keeps tokens as [${end.shape.join(', ')}], of which LeGrad takes no mean; leave the option 'readout' at 'model'.`,
  )
}

/** What the model's head makes of a block's end, `[n, k]`. */
function readout(site: Site, end: Value): Value {
  const { model, last, options } = site
  const read = options.readout === 'mean' ? averaged(site, end) : end
  return again([model.explained], last.end, read)[0] as Value
}

/** Σ over blocks of Ē over heads and all queries of h(∂s/∂A), where s is read out right behind the block (Bousselham et al. 2025). */
export const legrad: Formula = (site) => {
  const { ops, sign, d, last, backward, blocks } = site
  // What is computed again has no layer's name: where no signal passes the head, this walk says which layer keeps it.
  d(last.A)
  return blocks
    .map(({ A, end }) => {
      const g = backward({ from: readout(site, end), until: A }).at(A)
      return sign.block(queries(site, heads(site, sign.gradient(g))))
    })
    .reduce((sum, block) => ops.add(sum, block))
}
