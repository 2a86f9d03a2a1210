import { fixedDim, tensor, type FloatTensor, type ParameterRole, type Value } from '@saliency/core'
import { standardize } from '../../decompositions.ts'
import { like, type Flattened, type Placed } from '../../placed.ts'
import { unsupported } from '../../problems.ts'
import { permute, withShape } from '../../weights/permute.ts'
import type { LayerCall, LayerImporter } from '../layer-call.ts'

/** The graph's axis for the `axis` setting of a normalisation layer, which must be a single one. */
function axisOf({ config, input }: LayerCall, standard = -1): number {
  const axis = config.has('axis') ? config.numbers('axis') : [standard]
  const [first = -1] = axis
  if (axis.length > 1) throw unsupported('normalisation over several axes')
  const rank = input.axes.length
  return input.axes[first < 0 ? first + rank : first] ?? -1
}

/** Parameters of a flattened image, reordered from h·w·c to c·h·w. */
function arrangeVector(flattened: Flattened | undefined): (stored: FloatTensor) => FloatTensor {
  if (!flattened) return (stored) => stored
  const { channels, height, width } = flattened
  return (stored) =>
    withShape(permute(withShape(stored, [height, width, channels]), [2, 0, 1]), [stored.data.length])
}

function vector(call: LayerCall, weight: string, role: ParameterRole, size: number): Value {
  const arrange = arrangeVector(call.input.flattened)
  return call.parameter({ weight, role, shape: [size], arrange, initializer: `${weight}_initializer` })
}

/** Keras leaves out gamma or beta; the graph's operator has both. */
function constantVector(call: LayerCall, size: number, number: number): Value {
  return call.ops.constant(Array.from({ length: size }, () => number))
}

const batchNormalization: LayerImporter = (call) => {
  const { input, config, ops } = call
  if (axisOf(call) !== 1) throw unsupported('batch normalisation over another axis than the channels')
  const size = fixedDim(input.value.shape[1], 'The channel count')
  const gamma = config.boolean('scale', true)
    ? vector(call, 'gamma', 'gamma', size)
    : constantVector(call, size, 1)
  const beta = config.boolean('center', true)
    ? vector(call, 'beta', 'beta', size)
    : constantVector(call, size, 0)
  const mean = vector(call, 'moving_mean', 'mean', size)
  const variance = vector(call, 'moving_variance', 'variance', size)
  const epsilon = config.number('epsilon', 1e-3)
  return like(input, ops.batchNormalization(input.value, gamma, beta, mean, variance, epsilon))
}

/** gamma · (x − mean) / √(variance + epsilon) + beta over the channels of each position. */
const layerNormalization: LayerImporter = (call) => {
  const { input, config, ops } = call
  const axis = axisOf(call)
  const { value } = input
  const size = fixedDim(value.shape[axis], 'The normalised axis')
  let result = standardize(ops, value, [axis], config.number('epsilon', 1e-3))
  const shape = alongAxis(axis, value.shape.length, size)
  if (config.boolean('scale', true))
    result = ops.mul(result, ops.reshape(vector(call, 'gamma', 'gamma', size), shape))
  if (config.boolean('center', true))
    result = ops.add(result, ops.reshape(vector(call, 'beta', 'beta', size), shape))
  return like(input, result)
}

/** `[1, c, 1, 1]` for axis 1 of four. */
function alongAxis(axis: number, rank: number, size: number): number[] {
  return Array.from({ length: rank }, (_, index) => (index === axis ? size : 1))
}

/** (x − mean) / max(√variance, 10⁻⁷), with statistics adapted to data before training. */
const normalization: LayerImporter = (call) => {
  const { input, config, ops } = call
  const axis = axisOf(call)
  const size = fixedDim(input.value.shape[axis], 'The normalised axis')
  const shape = alongAxis(axis, input.value.shape.length, size)
  const statistic = (key: 'mean' | 'variance'): FloatTensor => {
    if (!config.has(key)) return call.data(key, key === 'mean' ? 0 : 1, [size])
    const list = (config.raw(key) as unknown[]).flat(4) as number[]
    return tensor(
      Float32Array.from({ length: size }, (_, index) => list[list.length === 1 ? 0 : index] ?? 0),
      [size],
    )
  }
  const deviation = [...statistic('variance').data].map((variance) => Math.max(Math.sqrt(variance), 1e-7))
  const mean = ops.constant([...statistic('mean').data], shape)
  return like(input, ops.div(ops.sub(input.value, mean), ops.constant(deviation, shape)))
}

/** x · scale + offset, with numbers or one number a channel. */
const rescaling: LayerImporter = ({ input, config, ops }) => {
  const factor = (key: string, standard: number): Value | number => {
    const numbers = config.has(key) ? config.numbers(key) : [standard]
    const [first = standard] = numbers
    if (numbers.length === 1) return first
    const axis = input.axes.at(-1) ?? -1
    return ops.constant(numbers, alongAxis(axis, input.value.shape.length, numbers.length))
  }
  const scaled: Placed = like(input, ops.mul(input.value, factor('scale', 1)))
  return config.has('offset') ? like(input, ops.add(scaled.value, factor('offset', 0))) : scaled
}

/** Batch norm, layer norm and the preprocessing layers. */
export const normalizationLayers: Readonly<Record<string, LayerImporter>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  Normalization: normalization,
  Rescaling: rescaling,
}
