import type { Node, Value } from '@saliency/core'
import { isConstant } from './gate.ts'

const signalsOf = ({ inputs }: Node): readonly Value[] => inputs.filter((value) => !isConstant(value))

/** Whether a node multiplies two signals: attention's matrix products, gates, gated products. A quotient is a scale. */
export function isProduct(node: Node): boolean {
  return (node.op === 'MatMul' || node.op === 'Mul') && signalsOf(node).length === 2
}

/** x − mean(x), as layer, group and instance norms centre it. */
export function isCentring(node: Node): boolean {
  const [x, mean] = node.inputs
  return node.op === 'Sub' && mean?.node.op === 'ReduceMean' && mean.node.inputs[0] === x
}

/** Whether a value is a signal over its own size, scaled by constants: what a norm returns. */
function isNormal({ node }: Value): boolean {
  const signals = signalsOf(node)
  if (node.op === 'Div') return signals.length === 2
  return node.op === 'Mul' && signals.length === 1 && isNormal(signals[0] as Value)
}

/** A sum that belongs to a norm: its centring, or β added to what it returns. */
export function isNormPart(node: Node): boolean {
  if (isCentring(node)) return true
  const signals = signalsOf(node)
  return node.op === 'Add' && signals.length === 1 && isNormal(signals[0] as Value)
}
