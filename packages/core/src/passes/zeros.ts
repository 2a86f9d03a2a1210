import { inferOutputs } from '../graph/infer.ts'
import type { OpName } from '../graph/operators.ts'
import { signsOf } from '../graph/sign.ts'
import type { BuildPass } from './build-pass.ts'

/** Operators whose second output, the indices, is no zero. */
const severalOutputs = new Set<OpName>(['MaxPool', 'TopK'])

/** Drops what is computed from zeros alone. */
export const zeros: BuildPass = {
  name: 'zeros',
  when: 'build',
  does: 'An operator whose result is zero for every image and every weight becomes a constant of zeros: min(relu(x), 0), and each product with it.',
  needs: 'The signs of the inputs prove it; the result is a number and the operator has one output.',
  rewrite({ op, inputs, attributes }, ops) {
    if (op === 'Fill' || severalOutputs.has(op) || signsOf(op, inputs, attributes)[0] !== 'zero')
      return undefined
    const [output] = inferOutputs(op, inputs, attributes)
    return output?.dtype === 'float32' ? ops.fill(output.shape, 0) : undefined
  },
}
