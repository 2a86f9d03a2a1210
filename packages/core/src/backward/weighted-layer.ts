import { dependsOnInput } from '../graph/reach.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'

/** The layers with weights: a convolution, or a dense layer. */
export type WeightedNode = Node<'Conv'> | Node<'ConvTranspose'> | Node<'Gemm'> | Node<'MatMul'>

/** A layer with weights, and what of the operators behind it counts as part of it. */
export interface MergedLayer {
  readonly layer: WeightedNode
  /** `MatMul + b`: a sum with one parameter an output feature, `[k]`, or the difference. */
  readonly bias?: Node<'Add'> | Node<'Sub'>
  readonly norm?: Node<'BatchNormalization'>
}

/** The node, if it is a convolution or a dense layer. */
export function weighted(node: Node | undefined): WeightedNode | undefined {
  if (!node) return undefined
  if (isNode(node, 'Conv') || isNode(node, 'ConvTranspose') || isNode(node, 'Gemm')) return node
  const [x, weight] = node.inputs
  const isDense = isNode(node, 'MatMul') && x && weight && dependsOnInput(x) && !dependsOnInput(weight)
  return isDense && weight.shape.length === 2 ? node : undefined
}

/** The axis of a layer's output that has one entry a feature. */
export function featureAxis({ op, outputs }: Node): number {
  return op === 'MatMul' ? (outputs[0] as Value).shape.length - 1 : 1
}
