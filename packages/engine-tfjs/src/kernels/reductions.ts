import type { OpName, ReduceAttributes } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import { operand, type Call, type Kernel, type Result } from '../kernel.ts'
import { permute, storedAxes, storedAxis } from '../layout.ts'

type Reduce = (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor

/** Reduces in the layout at hand; axes that stay are put back into the graph's order when they lose their company. */
const reduction =
  (compute: Reduce) =>
  (call: Call & { readonly attributes: ReduceAttributes }): readonly Result[] => {
    const x = operand(call, 0)
    const { axes, keepdims } = call.attributes
    const rank = x.shape.length
    const stored = axes.map((axis) => storedAxis(x.layout, rank, axis))
    const result = compute(x.own, stored, keepdims)
    if (keepdims) return [{ tensor: result, layout: x.layout }]
    const left = storedAxes(x.layout, rank).filter((axis) => !axes.includes(axis))
    const order = left.toSorted((a, b) => a - b).map((axis) => left.indexOf(axis))
    return [{ tensor: permute(result, order) }]
  }

/** Applies a function of the last axis to any axis. */
function alongLast(call: Call, axis: number, compute: (x: tf.Tensor) => tf.Tensor): readonly Result[] {
  const x = operand(call, 0)
  const rank = x.shape.length
  const at = storedAxis(x.layout, rank, axis)
  if (at === rank - 1) return [{ tensor: compute(x.own), layout: x.layout }]
  const swap = Array.from({ length: rank }, (_, index) =>
    index === at ? rank - 1 : index === rank - 1 ? at : index,
  )
  return [{ tensor: permute(compute(permute(x.own, swap)), swap), layout: x.layout }]
}

/** Two results along one axis; TensorFlow.js finds the largest along the last one only. */
function topK(call: Call<'TopK'>): readonly (Result | undefined)[] {
  const { axis, k, largest, sorted } = call.attributes
  const x = operand(call, 0).get('given')
  const last = x.rank - 1
  const swap = Array.from({ length: x.rank }, (_, index) =>
    index === axis ? last : index === last ? axis : index,
  )
  const rows = permute(x, swap)
  const { values, indices } = tf.topk(largest ? rows : tf.neg(rows), k, sorted)
  return [{ tensor: permute(largest ? values : tf.neg(values), swap) }, { tensor: permute(indices, swap) }]
}

/** ONNX's reductions, softmax and order. */
export const reductions = {
  ReduceSum: reduction(tf.sum),
  ReduceMean: reduction(tf.mean),
  ReduceMax: reduction(tf.max),
  ReduceMin: reduction(tf.min),
  GlobalAveragePool: (call) => [
    { tensor: tf.mean(operand(call, 0).get('channels-last'), [1, 2], true), layout: 'channels-last' },
  ],
  GlobalMaxPool: (call) => [
    { tensor: tf.max(operand(call, 0).get('channels-last'), [1, 2], true), layout: 'channels-last' },
  ],
  Softmax: (call) => alongLast(call, call.attributes.axis, (x) => tf.softmax(x)),
  LogSoftmax: (call) => alongLast(call, call.attributes.axis, (x) => tf.logSoftmax(x)),
  TopK: topK,
} satisfies { [K in OpName]?: Kernel<K> }
