import { featureAxis, weighted, type MergedLayer } from '../backward/weighted-layer.ts'
import type { Ops } from '../graph/ops.ts'
import { dependsOnInput } from '../graph/reach.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'
import type { Pass } from './pass.ts'

/** `layer + b`, `b + layer` or `layer − b` where b has one entry a feature and the layer has no bias of its own. */
function withBias(node: Node): MergedLayer | undefined {
  if (!isNode(node, 'Add') && !isNode(node, 'Sub')) return undefined
  const at = node.inputs.findIndex(dependsOnInput)
  const other = node.inputs[1 - at]
  const layer = weighted(node.inputs[at]?.node)
  if (!layer || !other || dependsOnInput(other) || layer.inputs[2]) return undefined
  if (node.op === 'Sub' && at !== 0) return undefined
  const { shape } = layer.outputs[0] as Value
  const axis = featureAxis(layer) - (shape.length - other.shape.length)
  const isPerFeature = other.shape.every((dim, index) =>
    index === axis ? dim === shape[featureAxis(layer)] : dim === 1,
  )
  return axis >= 0 && isPerFeature ? { layer, bias: node } : undefined
}

/** The bias `[k]` that a sum behind a layer adds. */
export function addedBias(ops: Ops, { bias, layer }: MergedLayer): Value | undefined {
  if (!bias) return undefined
  const other = bias.inputs.find((value) => !dependsOnInput(value)) as Value
  const features = (layer.outputs[0] as Value).shape[featureAxis(layer)] as number
  const vector = ops.reshape(other, [features])
  return bias.op === 'Sub' ? ops.neg(vector) : vector
}

/** Counts a bias that an operator of its own adds as part of the layer. */
export const mergedBiases: Pass<typeof withBias> = {
  name: 'merged-biases',
  when: 'backward',
  does: 'A dense layer or convolution and the sum that adds its bias (MatMul, then Add) are one linear operator.',
  needs:
    'The walk asks for it (`biases: merge`); the summand has one entry for each output feature, and the layer has no bias of its own.',
  rewrite: withBias,
}
