import { isNode, type Pair } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import { broadcastable, commonLayout } from '../align.ts'
import { operand, shapeOf, type Call, type Made } from '../kernel.ts'
import { storedShape } from '../layout.ts'
import { windowPlaces } from './pooling.ts'

/** Operands in one layout, ready to broadcast. */
function aligned(call: Call) {
  const rank = shapeOf(call).length
  const layout = commonLayout(call.inputs, rank)
  return { tensors: call.inputs.map((held) => broadcastable(held, rank, layout)), layout }
}

/**
 * `where(y > limit, signal, 0)` for finite numbers. On WebAssembly a product with a step costs a tenth of a comparison
 * and a choice; elsewhere the step is the dearer one.
 */
export function gate(call: Call): readonly Made[] {
  const { tensors, layout } = aligned(call)
  const [y, signal, limit] = tensors as [tf.Tensor, tf.Tensor, tf.Tensor?]
  if (call.backend === 'wasm')
    return [{ tensor: tf.mul(tf.step(limit ? tf.sub(y, limit) : y), signal), layout }]
  const zeros = tf.fill(storedShape(layout, shapeOf(call)), 0)
  return [{ tensor: tf.where(tf.greater(y, limit ?? 0), signal, zeros), layout }]
}

/** A comparison of finite numbers; WebAssembly's own compares broadcast operands one by one. */
export function finiteComparison(call: Call): readonly Made[] {
  const { tensors, layout } = aligned(call)
  const [a, b] = (call.node.op === 'Less' ? tensors.toReversed() : tensors) as [tf.Tensor, tf.Tensor]
  const tensor = call.backend === 'wasm' ? tf.cast(tf.step(tf.sub(a, b)), 'bool') : tf.greater(a, b)
  return [{ tensor, layout }]
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
