import { fixedDim, normalizeAxis, type Value } from '@saliency/core'
import { standardize } from '../../decompositions.ts'
import type { NodeCall, OperatorImporter } from '../node-call.ts'

/** Since operator set 14 an attribute says so; before, the outputs that only training has (running and saved statistics). */
export function isTraining({ opset, attributes, outputCount }: NodeCall): boolean {
  return attributes.integer('training_mode', 0) !== 0 || (opset < 14 && outputCount > 1)
}

const batchNormalization: OperatorImporter = (call) => {
  const x = call.value(0)
  const gamma = call.parameter(1, { role: 'gamma', initializer: { name: 'ones' } })
  const beta = call.parameter(2, { role: 'beta', initializer: { name: 'zeros' } })
  const mean = call.parameter(3, { role: 'mean', initializer: { name: 'zeros' } })
  const variance = call.parameter(4, { role: 'variance', initializer: { name: 'ones' } })
  return [call.ops.batchNormalization(x, gamma, beta, mean, variance, call.attributes.float('epsilon', 1e-5))]
}

/** x · gamma + beta with inputs 1 and 2, each brought to `shape` for broadcasting. */
function scaleAndShift(call: NodeCall, x: Value, shape?: readonly number[]): Value {
  const { ops } = call
  const shaped = (value: Value) => (shape ? ops.reshape(value, shape) : value)
  const scaled = ops.mul(x, shaped(call.parameter(1, { role: 'gamma', initializer: { name: 'ones' } })))
  return call.has(2)
    ? ops.add(scaled, shaped(call.parameter(2, { role: 'beta', initializer: { name: 'zeros' } })))
    : scaled
}

/** Over all axes from `axis` on. */
const layerNormalization: OperatorImporter = (call) => {
  const x = call.value(0)
  const rank = x.shape.length
  const axis = call.attributes.integer('axis', -1)
  const first = axis < 0 ? axis + rank : axis
  const axes = Array.from({ length: rank - first }, (_, index) => first + index)
  return [scaleAndShift(call, standardize(call.ops, x, axes, call.attributes.float('epsilon', 1e-5)))]
}

/** x/√(mean of x² + epsilon) over all axes from `axis` on (Zhang & Sennrich 2019, equation 4). */
export const rmsNormalization: OperatorImporter = (call) => {
  const { ops, attributes } = call
  const x = call.value(0)
  const first = normalizeAxis(attributes.integer('axis', -1), x.shape.length)
  const axes = x.shape.flatMap((_, axis) => (axis < first ? [] : [axis]))
  const mean = ops.reduceMean(ops.mul(x, x), { axes })
  const root = ops.sqrt(ops.add(mean, attributes.float('epsilon', 1e-5)))
  return [scaleAndShift(call, ops.div(x, root))]
}

/** x over its 1-norm or 2-norm along an axis; 0 where that is 0. */
const lpNormalization: OperatorImporter = (call) => {
  const { ops, attributes } = call
  const x = call.value(0)
  const axes = [normalizeAxis(attributes.integer('axis', -1), x.shape.length)]
  const isOfSquares = attributes.integer('p', 2) === 2
  const sum = ops.reduceSum(isOfSquares ? ops.mul(x, x) : ops.abs(x), { axes })
  const divisor = ops.where(ops.greater(sum, 0), sum, 1)
  return [ops.div(x, isOfSquares ? ops.sqrt(divisor) : divisor)]
}

/** `[1, c, 1, …]`, of as many axes as `x`. */
const perChannel = (channels: number, x: Value) => x.shape.map((_, axis) => (axis === 1 ? channels : 1))

/** Over each image's channel by itself, or group of channels: exporters write GroupNorm on `[n, groups, -1]` so. */
const instanceNormalization: OperatorImporter = (call) => {
  const x = call.value(0)
  const axes = x.shape.map((_, axis) => axis).slice(2)
  const normal = standardize(call.ops, x, axes, call.attributes.float('epsilon', 1e-5))
  return [scaleAndShift(call, normal, perChannel(fixedDim(x.shape[1], 'The channel count'), x))]
}

/** Over groups of channels; before operator set 21, one scale a group. */
const groupNormalization: OperatorImporter = (call) => {
  const { ops, attributes } = call
  const x = call.value(0)
  const [batch = 'n', ...sizes] = x.shape
  const [channels = 1, ...rest] = sizes.map((dim) => fixedDim(dim, 'A size'))
  const groups = attributes.integer('num_groups', 1)
  // [n, c, h, w] → [n, g, c/g · h · w]
  const inGroup = rest.reduce((size, dim) => size * dim, channels / groups)
  const grouped = ops.reshape(x, [batch, groups, inGroup])
  const normal = standardize(ops, grouped, [2], attributes.float('epsilon', 1e-5))
  if (call.constant(1).data.length === channels) {
    return [scaleAndShift(call, ops.reshape(normal, x.shape), perChannel(channels, x))]
  }
  return [ops.reshape(scaleAndShift(call, normal, [1, groups, 1]), x.shape)]
}

/** x / (bias + alpha/size · Σ x²)^beta over `size` neighbouring channels (Krizhevsky et al. 2012, section 3.3). */
const lrn: OperatorImporter = (call) => {
  const { ops, attributes } = call
  const x = call.value(0)
  const [batch = 'n', channels, height, width] = x.shape
  const size = attributes.integer('size', 1)
  const [c, h, w] = [channels, height, width].map((dim) => fixedDim(dim, 'A size')) as [
    number,
    number,
    number,
  ]
  const before = Math.floor((size - 1) / 2)
  // [n, c, h, w] → [n, 1, c, h·w]: a window over channels is then a window over rows.
  const squares = ops.reshape(ops.mul(x, x), [batch, 1, c, h * w])
  const mean = ops.averagePool(squares, {
    kernel: [size, 1],
    pads: [before, 0, size - 1 - before, 0],
    countIncludePad: true,
  })
  const scaled = ops.add(
    ops.mul(ops.reshape(mean, x.shape), attributes.float('alpha', 1e-4)),
    attributes.float('bias', 1),
  )
  return [ops.div(x, ops.pow(scaled, attributes.float('beta', 0.75)))]
}

/** Normalisation layers. */
export const normalizationOperators: Readonly<Record<string, OperatorImporter>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  RMSNormalization: rmsNormalization,
  SimplifiedLayerNormalization: rmsNormalization,
  LpNormalization: lpNormalization,
  LRN: lrn,
}
