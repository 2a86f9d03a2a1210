import type { Ops } from '../graph/ops.ts'
import type { Node, Value } from '../graph/value.ts'

/** Batch norm in inference mode as `scale · x + shift`, both `[c]` expressions over parameters: s = γ/√(σ² + ε), β − μ·s. */
export function batchNormAffine(ops: Ops, node: Node<'BatchNormalization'>): { scale: Value; shift: Value } {
  const [, gamma, beta, mean, variance] = node.inputs as [Value, Value, Value, Value, Value]
  const scale = ops.div(gamma, ops.sqrt(ops.add(variance, node.attributes.epsilon)))
  return { scale, shift: ops.sub(beta, ops.mul(mean, scale)) }
}

/** A `[c]` vector shaped to broadcast over the channels (axis 1) of a value of `rank` axes. */
export function perChannel(ops: Ops, vector: Value, rank: number): Value {
  return ops.reshape(vector, [...vector.shape, ...Array.from({ length: rank - 2 }, () => 1)])
}

/** A kernel `[out, …]` or dense matrix with `scale [out]` folded in, and the bias with it: w·s, b·s + shift. */
export function foldBatchNorm(
  ops: Ops,
  node: Node<'BatchNormalization'>,
  layer: Node<'Conv' | 'Gemm'>,
): { weight: Value; bias: Value } {
  const { scale, shift } = batchNormAffine(ops, node)
  const [, weight, bias] = layer.inputs as [Value, Value, Value | undefined]
  const isColumns = layer.op === 'Gemm' && !(layer as Node<'Gemm'>).attributes.transB
  const factor = isColumns
    ? scale
    : ops.reshape(scale, [...scale.shape, ...weight.shape.slice(1).map(() => 1)])
  return { weight: ops.mul(weight, factor), bias: bias ? ops.add(ops.mul(bias, scale), shift) : shift }
}
