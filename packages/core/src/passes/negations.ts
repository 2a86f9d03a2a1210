import { madeBy, type Value } from '../graph/value.ts'
import type { BuildPass } from './build-pass.ts'

/** Takes a minus into what is negated. */
export const negations: BuildPass = {
  name: 'negations',
  when: 'build',
  does: '−(−x) becomes x, and −(a / (b − c)) becomes a / (c − b), which saves a pass over the quotient.',
  needs: 'What is negated is a negation, or a quotient whose denominator is a difference.',
  rewrite({ op, inputs }, ops) {
    if (op !== 'Neg') return undefined
    const x = inputs[0] as Value
    const [above, below] = madeBy(x, 'Div')?.inputs ?? []
    const difference = below && madeBy(below, 'Sub')?.inputs
    if (above && difference) return ops.div(above, ops.sub(difference[1] as Value, difference[0] as Value))
    return madeBy(x, 'Neg')?.inputs[0]
  },
}
