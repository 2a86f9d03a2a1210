import type { ExplainContext, Signals, Value } from '@saliency/core'
import { boundsFrom } from './bounds.ts'
import { compose, sharingEpsilon } from './composition.ts'
import { parseComposite } from './notation.ts'
import type { LrpOptionSpecs } from './options.ts'
import { relevanceRules } from './relevance.ts'
import { createRoutes } from './routes.ts'
import type { Witness } from './walk.ts'
import type { Vocabulary } from './vocabulary.ts'

/** What the method is given. */
export type LrpContext = ExplainContext<LrpOptionSpecs>

/** `[n, k]`: where relevance starts, 1 or the logit's own value at the class that is explained. */
export function startOf({ direction, logits, ops, options: { start } }: LrpContext): Value {
  return start === 'logit' ? ops.mul(direction, logits) : direction
}

/** Walks relevance from the logits to the image; `witness` is told of every operator on the way. */
export function propagateRelevance(context: LrpContext, vocabulary: Vocabulary, witness?: Witness): Signals {
  const { model, ops, options: given } = context
  const { denominators } = given
  const stabilizer = sharingEpsilon(given)
  const entries = parseComposite(`${given.rules};${vocabulary.composites[given.composite] ?? ''}`)
  const composition = compose(entries, model, vocabulary.rules, given)
  const bounds = boundsFrom(ops, given.low, given.high, model.pixelRange)
  const isExact = given.epsilon === 0 && stabilizer === 0
  const settings = { composition, bounds, denominators, stabilizer, isExact, routes: createRoutes() }
  return context.backward({
    start: startOf(context),
    batchNorm: composition.batchNorm === 'merge' ? 'merge' : 'separate',
    // γ and z⁺ of a sum with its bias are not those of the product and of the sum one after the other.
    biases: 'merge',
    rules: relevanceRules({ ...settings, ...(witness && { witness }) }),
  })
}
