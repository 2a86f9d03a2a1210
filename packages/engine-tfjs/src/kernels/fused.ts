import { isNode, type Pair } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import { broadcastable, commonLayout } from '../align.ts'
import { operand, shapeOf, type Call, type Made } from '../kernel.ts'
import { windowPlaces } from './pooling.ts'

/** `where(y > 0, signal, 0)` for finite signals: on WebAssembly a tenth of the cost of a comparison and a choice. */
export function gate(call: Call): readonly Made[] {
  const rank = shapeOf(call).length
  const layout = commonLayout(call.inputs, rank)
  const [y, signal] = [0, 1].map((index) => broadcastable(operand(call, index), rank, layout)) as [
    tf.Tensor,
    tf.Tensor,
  ]
  return [{ tensor: tf.mul(tf.step(y), signal), layout }]
}

/**
 * Sends each signal to the first place of its window that holds the maximum; inputs `x`, `y = maxPool(x)`, signal.
 * Windows are disjoint, so the places of all windows together are the image.
 */
export function maxPoolGradient(call: Call): readonly Made[] {
  if (!isNode(call.node, 'MaxPool')) throw new Error('internal: not a max-pool')
  const { attributes } = call.node
  const [x, y, signal] = [0, 1, 2].map((index) => operand(call, index).get('channels-last')) as [
    tf.Tensor4D,
    tf.Tensor4D,
    tf.Tensor4D,
  ]
  const [n, h, w, c] = y.shape
  const result: Pair = [h, w]
  const [height, width] = attributes.kernel
  const shares: tf.Tensor4D[] = []
  let left = signal
  for (const { values } of windowPlaces(x, result, attributes)) {
    const share = tf.mul<tf.Tensor4D>(tf.cast(tf.equal(values, y), 'float32'), left)
    left = tf.sub(left, share)
    shares.push(tf.reshape(share, [n * h, 1, w, c]))
  }
  const rows = Array.from({ length: height }, (_, row) =>
    tf.concat4d(shares.slice(row * width, (row + 1) * width), 3),
  )
  // kernel[0] × [n · h, 1, w, width · c] → [n, h · height, w · width, c]
  const tensor = tf.reshape(tf.concat4d(rows, 1), [n, h * height, w * width, c])
  return [{ tensor, layout: 'channels-last' }]
}
