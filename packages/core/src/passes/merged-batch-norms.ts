import { batchNormAffine } from '../backward/batch-norm.ts'
import { featureAxis, weighted, type MergedLayer, type WeightedNode } from '../backward/weighted-layer.ts'
import type { Ops } from '../graph/ops.ts'
import type { Node, Value } from '../graph/value.ts'
import { mergedBiases } from './merged-biases.ts'
import type { Pass } from './pass.ts'

/** What a layer multiplies with, and the bias `[k]` that it adds. */
export interface LayerWeights {
  readonly weight: Value
  readonly bias?: Value
}

/** Batch norm's features are on axis 1, so a dense layer on tokens `[n, t, d]` has another norm's features. */
function withNorm(
  node: Node<'BatchNormalization'>,
  merging: { readonly biases: boolean },
): MergedLayer | undefined {
  const before = node.inputs[0]?.node
  const inner = merging.biases && before ? mergedBiases.rewrite(before) : undefined
  const layer = inner?.layer ?? weighted(before)
  return layer && featureAxis(layer) === 1 ? { ...inner, layer, norm: node } : undefined
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

/** Counts a batch norm as part of the layer before it. */
export const mergedBatchNorms: Pass<typeof withNorm> = {
  name: 'merged-batch-norms',
  when: 'backward',
  does: 'A dense layer or convolution and the batch norm behind it are one linear operator with the weights w·s and the bias b·s + shift, s = γ/√(σ² + ε).',
  needs:
    'The walk asks for it (`batchNorm: merge`), and the features of layer and norm lie on the same axis.',
  source: "Zennit's SequentialMergeBatchNorm",
  rewrite: withNorm,
}
