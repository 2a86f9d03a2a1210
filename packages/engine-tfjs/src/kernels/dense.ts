import type { OpName } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import { operand, shapeOf, type Call, type Kernel, type Result } from '../kernel.ts'

function gemm(call: Call<'Gemm'>): readonly Result[] {
  const [x, weight, bias] = [operand(call, 0).own, operand(call, 1).own, call.inputs[2]?.own]
  // [..., in] → [rows, in]: leading axes are rows of one product
  const rows = x.rank === 2 ? x : tf.reshape(x, [-1, x.shape.at(-1) as number])
  const matrix = tf.matMul(rows, weight, false, call.attributes.transB)
  const product = x.rank === 2 ? matrix : tf.reshape(matrix, [...shapeOf(call)])
  return [{ tensor: bias ? tf.add(product, bias) : product }]
}

/** Per channel, which is the last axis here except at rank 3 and above 4. */
function batchNormalization(call: Call<'BatchNormalization'>): readonly Result[] {
  const { epsilon } = call.attributes
  const x = operand(call, 0)
  const rank = x.shape.length
  const layout = rank === 4 ? 'channels-last' : 'given'
  const along = Array.from({ length: rank }, (_, axis) => (axis === 1 ? -1 : 1))
  const isLast = rank === 2 || rank === 4
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index): tf.Tensor => {
    const vector = operand(call, index).own
    return isLast ? vector : tf.reshape(vector, along)
  }) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D]
  if (isLast) return [{ tensor: tf.batchNorm(x.get(layout), mean, variance, beta, gamma, epsilon), layout }]
  const scale = tf.div(gamma, tf.sqrt(tf.add(variance, epsilon)))
  return [{ tensor: tf.add(tf.mul(tf.sub(x.own, mean), scale), beta) }]
}

/** ONNX's products and batch norm. */
export const dense = {
  Gemm: gemm,
  MatMul: (call) => [{ tensor: tf.matMul(operand(call, 0).get('given'), operand(call, 1).get('given')) }],
  BatchNormalization: batchNormalization,
} satisfies { [K in OpName]?: Kernel<K> }
