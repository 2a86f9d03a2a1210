import { isNode, madeBy, type Node, type OpName, type Value } from '@saliency/core'
import { readsFinite, type FusingPass, type PlanFacts, type Unit } from './unit.ts'

/** Comparisons that a step of the difference can replace. */
const comparisons = new Set<OpName>(['Greater', 'GreaterOrEqual', 'Less'])

const isZero = (value: Value) =>
  madeBy(value, 'Constant')?.attributes.data.every((item) => item === 0) ??
  madeBy(value, 'Fill')?.attributes.value === 0

/** Reads one operand where the other is 0. */
function mask(node: Node, facts: PlanFacts): Unit | undefined {
  const compared = isNode(node, 'Cast') && node.attributes.to === 'float32' && node.inputs[0]?.node
  if (!compared || !comparisons.has(compared.op) || !readsFinite(compared, facts)) return undefined
  const [a, limit] = compared.inputs as readonly [Value, Value]
  return { form: 'mask', node: compared, inputs: isZero(limit) ? [a] : [a, limit], outputs: node.outputs }
}

/** Computes the mask of a ReLU's way back without an array of booleans. */
export const masks: FusingPass = {
  name: 'masks',
  when: 'engine',
  does: 'The cast of a comparison, which is the mask of every ReLU on the way back, becomes one kernel; on WebAssembly it is the step of a difference, which takes a tenth of the time.',
  needs:
    'Numbers are compared by >, ≥ or <, the result is cast to numbers, and both operands are finite: the difference of two infinities has no sign.',
  rewrite: mask,
}
