import { dependsOnInput } from '../graph/reach.ts'
import { sameShape } from '../graph/shape.ts'
import { madeBy, type Value } from '../graph/value.ts'
import type { BuildPass } from './build-pass.ts'

/** Takes a factor out of a sum. */
export const commonFactors: BuildPass = {
  name: 'common-factors',
  when: 'build',
  does: 'y·a + y·b becomes y·(a + b), so that a signal that reaches the output of a ReLU from two sides passes its mask once.',
  needs:
    'Both products and all three factors depend on the image and have the shape of the sum: nothing is broadcast.',
  rewrite({ op, inputs }, ops) {
    if (op !== 'Add') return undefined
    const [a, b] = inputs as [Value, Value]
    const [first, second] = [madeBy(a, 'Mul'), madeBy(b, 'Mul')]
    if (!first || !second || !dependsOnInput(a)) return undefined
    const isWhole = (value: Value) => sameShape(value.shape, a.shape) && dependsOnInput(value)
    const common = first.inputs.find((factor) => isWhole(factor) && second.inputs.includes(factor))
    if (!common) return undefined
    const [one, other] = [first, second].map(
      (product) => product.inputs[1 - product.inputs.indexOf(common)] as Value,
    )
    return one && other && isWhole(one) && isWhole(other) ? ops.mul(common, ops.add(one, other)) : undefined
  },
}
