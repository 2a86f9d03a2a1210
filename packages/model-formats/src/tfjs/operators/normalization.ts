import { normalizeAxis, type Ops, type Reduction, type Value } from '@saliency/core'
import { integersOf } from '../../constant/constant-tensor.ts'
import { like, asSourceValue, type SourceValue } from '../../source-value.ts'
import { unsupported } from '../../problems.ts'
import { single, type GraphCall, type GraphImporter } from '../graph-call.ts'
import { imageOf } from './convolution.ts'

const batchNorm = single((call) => {
  if (call.attributes.boolean('is_training', false)) throw unsupported('it is exported in training mode')
  const x = imageOf(call)
  const gamma = call.parameter(1, { role: 'gamma', initializer: { name: 'ones' } })
  const beta = call.parameter(2, { role: 'beta', initializer: { name: 'zeros' } })
  const mean = call.parameter(3, { role: 'mean', initializer: { name: 'zeros' } })
  const variance = call.parameter(4, { role: 'variance', initializer: { name: 'ones' } })
  // What TensorFlow.js takes where a file leaves it out; TensorFlow itself would take 10⁻⁴.
  const epsilon = call.attributes.float('epsilon', 1e-3)
  return { ...x, value: call.ops.batchNormalization(x.value, gamma, beta, mean, variance, epsilon) }
})

type Reduce = (ops: Ops, x: Value, reduction: Reduction) => Value

/** Reduces along the source's axes; what is left of an image without its height and width is a vector. */
function reduce(call: GraphCall, apply: Reduce): SourceValue {
  const x = call.sourceValue(0)
  if (x.flattened) throw unsupported('a reduction of a flattened image')
  const rank = x.axes.length
  const axes = integersOf(call.constant(1)).map((axis) => x.axes[normalizeAxis(axis, rank)] as number)
  const keepdims = call.attributes.boolean('keep_dims', call.attributes.boolean('keepDims', false))
  const reduced = apply(call.ops, x.value, { axes, keepdims: true })
  if (keepdims) return like(x, reduced)
  const kept = x.axes.filter((axis) => !axes.includes(axis))
  // The remaining axes in the source's order.
  const ordered = kept.every((axis, index) => index === 0 || axis > (kept[index - 1] as number))
  if (!ordered) throw unsupported('a reduction that leaves axes in another order')
  return asSourceValue(
    call.ops.reshape(
      reduced,
      kept.map((axis) => x.value.shape[axis] as number),
    ),
  )
}

/** A mean over an image's height and width is a global average pooling, which methods know. */
const mean: Reduce = (ops, x, { axes = [] }) =>
  x.shape.length === 4 && axes.toSorted().join() === '2,3'
    ? ops.globalAveragePool(x)
    : ops.reduceMean(x, { axes })

const softmax =
  (apply: (ops: Ops, x: Value, axis: number) => Value): GraphImporter =>
  (call) => {
    const x = call.sourceValue(0)
    return [like(x, apply(call.ops, x.value, x.axes.at(-1) ?? -1))]
  }

/** Batch norm, reductions and softmax. */
export const normalizationNodes: Readonly<Record<string, GraphImporter>> = {
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
  Mean: single((call) => reduce(call, mean)),
  Sum: single((call) => reduce(call, (ops, x, reduction) => ops.reduceSum(x, reduction))),
  Max: single((call) => reduce(call, (ops, x, reduction) => ops.reduceMax(x, reduction))),
  Min: single((call) => reduce(call, (ops, x, reduction) => ops.reduceMin(x, reduction))),
  Softmax: softmax((ops, x, axis) => ops.softmax(x, axis)),
  LogSoftmax: softmax((ops, x, axis) => ops.logSoftmax(x, axis)),
}
