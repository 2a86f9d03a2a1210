import { type FloatTensor, isNode, type Ops, tensor, type Value } from '@saliency/core'
import type { ImportSession } from './import-session.ts'
import { invalid } from './problems.ts'

/** The layer that sums over a region, and its mask. */
const LAYER = 'target-region'

/** A mask `[h, w]` at another size: the pixel under the middle of each new one. */
function atSize({ data, shape }: FloatTensor, height: number, width: number): Float32Array {
  const [rows = 1, columns = 1] = shape
  return Float32Array.from({ length: height * width }, (_, at) => {
    const row = Math.floor(((Math.floor(at / width) + 0.5) * rows) / height)
    const column = Math.floor((((at % width) + 0.5) * columns) / width)
    return data[row * columns + column] === 0 ? 0 : 1
  })
}

/** Scores of every pixel in front of a softmax or sigmoid, also where the file moves the classes to the end behind it. */
function beforeHead(value: Value, ops: Ops): Value {
  const { node } = value
  if (isNode(node, 'Transpose')) {
    const inner = node.inputs[0] as Value
    const scores = beforeHead(inner, ops)
    return scores === inner ? value : ops.transpose(scores, node.attributes.perm)
  }
  const isHead = isNode(node, 'Sigmoid') || isNode(node, 'Softmax') || isNode(node, 'LogSoftmax')
  return isHead ? (node.inputs[0] as Value) : value
}

/**
 * A network that scores the classes of every pixel, as a classifier of one region: for each class the sum of its logits
 * `[n, c, h, w]` over the region, `[n, c]`.
 * @param mask `[h, w]` of any size, not 0 on the region
 * @throws INVALID_MODEL where the region holds no pixel of the scores
 */
export function sumOverRegion(
  { graph, weights, kinds }: ImportSession,
  output: Value,
  mask: FloatTensor,
): Value {
  const ops = graph.layer(LAYER)
  const scores = beforeHead(output, ops)
  const [, , height, width] = scores.shape.map(Number) as [number, number, number, number]
  const region = tensor(atSize(mask, height, width), [1, 1, height, width])
  if (region.data.every((value) => value === 0)) {
    throw invalid(
      `The target region holds no pixel of the output's ${height}×${width}: its mask is 0 everywhere, or thinner than a pixel there.`,
    )
  }
  const name = `${LAYER}/mask`
  weights.set(name, region)
  kinds.set(LAYER, 'Region')
  const inside = ops.mul(scores, ops.parameter(name, region.shape, 'fixed'))
  return ops.reduceSum(inside, { axes: [2, 3], keepdims: false })
}
