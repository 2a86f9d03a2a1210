import { fixedDim, type FloatTensor } from '@saliency/core'
import { inSourceOrder, like, asSourceValue } from '../../source-value.ts'
import { unsupported } from '../../problems.ts'
import { permute } from '../../weights/permute.ts'
import type { LayerImporter } from '../layer-call.ts'

/**
 * x from `threshold` on, up to `max_value`, and negative_slope · (x − threshold) below it (Keras' own definition). Early
 * versions of Keras wrote no slope and no threshold.
 */
const relu: LayerImporter = ({ input, config, ops }) => {
  const { value } = input
  const slope = config.number('negative_slope', 0)
  const threshold = config.number('threshold', 0)
  const ceiling = config.has('max_value') ? config.number('max_value') : undefined
  if (threshold === 0 && slope === 0)
    return like(input, ceiling === undefined ? ops.relu(value) : ops.clip(value, 0, ceiling))
  if (threshold === 0 && ceiling === undefined) return like(input, ops.leakyRelu(value, slope))
  const above = ceiling === undefined ? value : ops.min(value, ceiling)
  const below = slope === 0 ? 0 : ops.mul(ops.sub(value, threshold), slope)
  return like(input, ops.where(ops.greaterOrEqual(value, threshold), above, below))
}

/** Keras 2 writes `alpha` (0.3), Keras 3 `negative_slope`. */
const leakyRelu: LayerImporter = ({ input, config, ops }) =>
  like(input, ops.leakyRelu(input.value, config.number('negative_slope', config.number('alpha', 0.3))))

const elu: LayerImporter = ({ input, config, ops }) =>
  like(input, ops.elu(input.value, config.number('alpha', 1)))

/** x where x > theta, else 0. */
const thresholdedRelu: LayerImporter = ({ input, config, ops }) => {
  const passes = ops.greater(input.value, config.number('theta', 1))
  return like(input, ops.where(passes, input.value, 0))
}

/** One slope for every pixel and channel, or shared along some axes. */
const pRelu: LayerImporter = (call) => {
  const { input, config, ops } = call
  const value = input.flattened ? inSourceOrder(input, ops) : input.value
  const shared = new Set(config.has('shared_axes') ? config.numbers('shared_axes') : [])
  const shape = input.axes
    .slice(1)
    .map((axis, index) =>
      shared.has(index + 1) ? 1 : fixedDim(input.value.shape[axis], 'A size of the slope'),
    )
  const isImage = shape.length === 3
  const arrange = (stored: FloatTensor): FloatTensor => (isImage ? permute(stored, [2, 0, 1]) : stored)
  const slope = call.parameter({
    weight: 'alpha',
    role: 'slope',
    shape,
    arrange,
    initializer: 'alpha_initializer',
  })
  return asSourceValue(ops.pRelu(value, slope))
}

const softmax: LayerImporter = ({ input, config, ops }) => {
  const [axis = -1, ...others] = config.has('axis') ? config.numbers('axis') : [-1]
  if (others.length > 0) throw unsupported('softmax over several axes')
  const target = input.axes.at(axis)
  if (target === undefined) throw unsupported(`softmax over axis ${axis}`)
  return like(input, ops.softmax(input.value, target))
}

/** Activations that are layers, and may stand in an activation's place. */
export const activationLayers: Readonly<Record<string, LayerImporter>> = {
  ReLU: relu,
  LeakyReLU: leakyRelu,
  ELU: elu,
  ThresholdedReLU: thresholdedRelu,
  PReLU: pRelu,
  Softmax: softmax,
}
