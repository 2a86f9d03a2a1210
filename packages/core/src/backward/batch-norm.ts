import type { Ops } from '../graph/ops.ts'
import type { Node, Value } from '../graph/value.ts'

/** Batch norm as `scale · x + shift`, both `[c]`. */
interface Affine {
  readonly scale: Value
  readonly shift: Value
}

/** Every walk that passes a norm asks again. */
const known = new WeakMap<Node, Affine>()

/** Batch norm in inference mode as `scale · x + shift`, both `[c]` expressions over parameters: s = γ/√(σ² + ε), β − μ·s. */
export function batchNormAffine(ops: Ops, node: Node<'BatchNormalization'>): Affine {
  const before = known.get(node)
  if (before) return before
  const [, gamma, beta, mean, variance] = node.inputs as [Value, Value, Value, Value, Value]
  const scale = ops.div(gamma, ops.sqrt(ops.add(variance, node.attributes.epsilon)))
  const affine = { scale, shift: ops.sub(beta, ops.mul(mean, scale)) }
  known.set(node, affine)
  return affine
}
