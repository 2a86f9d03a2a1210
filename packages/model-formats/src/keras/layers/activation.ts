import { fixedDim, type FloatTensor } from '@saliency/core'
import { inSourceOrder, like, place } from '../../placed.ts'
import { unsupported } from '../../problems.ts'
import { permute } from '../../weights/permute.ts'
import { activationOf } from '../activations.ts'
import type { LayerImporter } from '../layer-call.ts'

const activation: LayerImporter = ({ input, config, dialect, ops }) =>
  like(input, activationOf(config.raw('activation'), dialect).activation(input, ops))

/** max(x, 0), optionally with a slope below a threshold and a ceiling. */
const relu: LayerImporter = ({ input, config, ops }) => {
  const slope = config.number('negative_slope', 0)
  const threshold = config.number('threshold', 0)
  if (threshold !== 0) throw unsupported(`a ReLU with the threshold ${threshold} is not supported`)
  if (config.has('max_value')) {
    if (slope !== 0) throw unsupported('a ReLU with both a slope and a ceiling is not supported')
    return like(input, ops.clip(input.value, 0, config.number('max_value')))
  }
  return like(input, slope === 0 ? ops.relu(input.value) : ops.leakyRelu(input.value, slope))
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
    role: 'other',
    shape,
    arrange,
    initializer: 'alpha_initializer',
  })
  return place(ops.pRelu(value, slope))
}

const softmax: LayerImporter = ({ input, config, ops }) => {
  const [axis = -1, ...others] = config.has('axis') ? config.numbers('axis') : [-1]
  if (others.length > 0) throw unsupported('softmax over several axes')
  const target = input.axes.at(axis)
  if (target === undefined) throw unsupported(`softmax over axis ${axis}`)
  return like(input, ops.softmax(input.value, target))
}

/** Activations that are layers. */
export const activationLayers: Readonly<Record<string, LayerImporter>> = {
  Activation: activation,
  ReLU: relu,
  LeakyReLU: leakyRelu,
  ELU: elu,
  ThresholdedReLU: thresholdedRelu,
  PReLU: pRelu,
  Softmax: softmax,
}
