import type { Ops } from '../graph/ops.ts'
import type { Node, Value } from '../graph/value.ts'
import type { WeightedNode } from './merged.ts'

/** What a layer multiplies with, and the bias `[k]` that it adds. */
export interface LayerWeights {
  readonly weight: Value
  readonly bias?: Value
}

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

/** A factor `[k]` for every output feature, multiplied into a layer's weight, whose features lie where its operator has them. */
function scaleFeatures(ops: Ops, layer: WeightedNode, weight: Value, scale: Value): Value {
  const features = scale.shape[0] as number
  if (layer.op === 'Conv') return ops.mul(weight, ops.reshape(scale, [features, 1, 1, 1]))
  if (layer.op === 'Gemm' && layer.attributes.transB)
    return ops.mul(weight, ops.reshape(scale, [features, 1]))
  if (layer.op !== 'ConvTranspose') return ops.mul(weight, scale)
  // `[in, k / group, kh, kw]`: the rows of one group of inputs make the features of that group.
  const { group } = layer.attributes
  const [rows, inner, ...kernel] = weight.shape as number[]
  const grouped = ops.reshape(weight, [group, Number(rows) / group, Number(inner), ...kernel])
  const factor = ops.reshape(scale, [group, 1, Number(inner), ...kernel.map(() => 1)])
  return ops.reshape(ops.mul(grouped, factor), weight.shape)
}

/** A layer's weight with the norm's `scale [k]` folded in, and its bias `[k]` with it: w·s, b·s + shift. */
export function foldBatchNorm(
  ops: Ops,
  norm: Node<'BatchNormalization'>,
  layer: WeightedNode,
  { weight, bias }: LayerWeights,
): LayerWeights {
  const { scale, shift } = batchNormAffine(ops, norm)
  return {
    weight: scaleFeatures(ops, layer, weight, scale),
    bias: bias ? ops.add(ops.mul(bias, scale), shift) : shift,
  }
}
