import type { Ops } from '../graph/ops.ts'
import type { Node, Value } from '../graph/value.ts'

/** Batch norm in inference mode as `scale · x + shift`, both `[c]` expressions over parameters: s = γ/√(σ² + ε), β − μ·s. */
export function batchNormAffine(ops: Ops, node: Node<'BatchNormalization'>): { scale: Value; shift: Value } {
  const [, gamma, beta, mean, variance] = node.inputs as [Value, Value, Value, Value, Value]
  const scale = ops.div(gamma, ops.sqrt(ops.add(variance, node.attributes.epsilon)))
  return { scale, shift: ops.sub(beta, ops.mul(mean, scale)) }
}
