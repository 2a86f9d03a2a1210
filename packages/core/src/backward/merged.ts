import type { Ops } from '../graph/ops.ts'
import { dependsOnInput } from '../graph/reach.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'

/** The layers with weights: a convolution, or a dense layer. */
export type WeightedNode = Node<'Conv'> | Node<'ConvTranspose'> | Node<'Gemm'> | Node<'MatMul'>

/** What a backward walk is to treat as one linear operator with the layer before it. */
export interface Merging {
  readonly biases: boolean
  readonly batchNorm: boolean
}

/** A layer with weights, and what of the operators behind it counts as part of it. */
export interface MergedLayer {
  readonly layer: WeightedNode
  /** `MatMul + b`: a sum with one parameter an output feature, `[k]`, or the difference. */
  readonly bias?: Node<'Add'> | Node<'Sub'>
  readonly norm?: Node<'BatchNormalization'>
}

function weighted(node: Node | undefined): WeightedNode | undefined {
  if (!node) return undefined
  if (isNode(node, 'Conv') || isNode(node, 'ConvTranspose') || isNode(node, 'Gemm')) return node
  const [x, weight] = node.inputs
  const isDense = isNode(node, 'MatMul') && x && weight && dependsOnInput(x) && !dependsOnInput(weight)
  return isDense && weight.shape.length === 2 ? node : undefined
}

/** The axis of a layer's output that has one entry a feature. */
function featureAxis({ op, outputs }: Node): number {
  return op === 'MatMul' ? (outputs[0] as Value).shape.length - 1 : 1
}

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

/** Batch norm's features are on axis 1, so a dense layer on tokens `[n, t, d]` has another norm's features. */
function withNorm(node: Node<'BatchNormalization'>, merging: Merging): MergedLayer | undefined {
  const before = node.inputs[0]?.node
  const inner = merging.biases && before ? withBias(before) : undefined
  const layer = inner?.layer ?? weighted(before)
  return layer && featureAxis(layer) === 1 ? { ...inner, layer, norm: node } : undefined
}

/** The layer that `node`, a sum or a batch norm behind it, is part of; undefined where it stands for itself. */
export function mergedLayer(node: Node, merging: Merging): MergedLayer | undefined {
  if (isNode(node, 'BatchNormalization')) return merging.batchNorm ? withNorm(node, merging) : undefined
  return merging.biases ? withBias(node) : undefined
}

/** The bias `[k]` that a sum behind a layer adds. */
export function addedBias(ops: Ops, { bias, layer }: MergedLayer): Value | undefined {
  if (!bias) return undefined
  const other = bias.inputs.find((value) => !dependsOnInput(value)) as Value
  const features = (layer.outputs[0] as Value).shape[featureAxis(layer)] as number
  const vector = ops.reshape(other, [features])
  return bias.op === 'Sub' ? ops.neg(vector) : vector
}
