import * as tf from '@tensorflow/tfjs'
import { broadcastable, commonLayout } from '../align.ts'
import { shapeOf, type Call, type Result } from '../kernel.ts'

/** Operands in one layout, ready to broadcast. */
function aligned(call: Call) {
  const rank = shapeOf(call).length
  const layout = commonLayout(call.inputs, rank)
  return { tensors: call.inputs.map((value) => broadcastable(value, rank, layout)), layout }
}

/**
 * 1 where a finite number exceeds (reaches, is below) another or 0, else 0. On WebAssembly, whose comparisons broadcast
 * operands one by one, a step of the difference costs a tenth; elsewhere it is the dearer one.
 */
export function mask(call: Call): readonly Result[] {
  const { tensors, layout } = aligned(call)
  const [a, b = tf.scalar(0)] = tensors as [tf.Tensor, tf.Tensor?]
  const { op } = call.node
  if (call.backend !== 'wasm') {
    const compared = { Greater: tf.greater, GreaterOrEqual: tf.greaterEqual, Less: tf.less }[op as 'Less']
    return [{ tensor: tf.cast(compared(a, b), 'float32'), layout }]
  }
  const above = (x: tf.Tensor, y: tf.Tensor) => tf.step(tensors.length === 1 && x === a ? x : tf.sub(x, y))
  if (op === 'Greater') return [{ tensor: above(a, b), layout }]
  return [{ tensor: op === 'Less' ? above(b, a) : tf.sub(1, above(b, a)), layout }]
}

/** A comparison of finite numbers; WebAssembly's own compares broadcast operands one by one. */
export function finiteComparison(call: Call): readonly Result[] {
  const { tensors, layout } = aligned(call)
  const [a, b] = (call.node.op === 'Less' ? tensors.toReversed() : tensors) as [tf.Tensor, tf.Tensor]
  const tensor = call.backend === 'wasm' ? tf.cast(tf.step(tf.sub(a, b)), 'bool') : tf.greater(a, b)
  return [{ tensor, layout }]
}
