import { counted, fixedDim, tensor, type FloatTensor, type ParameterRole, type Value } from '@saliency/core'
import { standardize } from '../../decompositions.ts'
import { inSourceOrder, like, asSourceValue, type Flattened, type SourceValue } from '../../source-value.ts'
import { invalid, unsupported } from '../../problems.ts'
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

/** Of tokens `[n, t, c]`, the features are the channels. */
const ofTokens = ({ ops, ...call }: LayerCall): SourceValue => {
  const turned = asSourceValue(ops.transpose(call.input.value, [0, 2, 1]))
  const normed = batchNormalization({
    ...call,
    ops,
    config: { ...call.config, has: (key) => key !== 'axis' && call.config.has(key) },
    input: { ...turned, axes: [0, 2, 1] },
  })
  return asSourceValue(ops.transpose(normed.value, [0, 2, 1]))
}

const batchNormalization: LayerImporter = (call) => {
  const { input, config, ops } = call
  const axis = axisOf(call)
  if (axis === 2 && input.value.shape.length === 3 && input.axes.join() === '0,1,2') return ofTokens(call)
  if (axis !== 1) throw unsupported('batch normalisation over another axis than the channels')
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

/** The source's axes that have statistics of their own: none, one or several. */
function keptAxes({ config, input }: LayerCall): number[] {
  const rank = input.axes.length
  const listed = config.has('axis') ? config.numbers('axis') : config.raw('axis') === null ? [] : [-1]
  const kept = listed.map((axis) => (axis < 0 ? axis + rank : axis)).toSorted((a, b) => a - b)
  if (kept.some((axis) => axis <= 0 || axis >= rank))
    throw unsupported(`statistics by axis ${listed.join(', ')}`)
  return kept
}

/**
 * (x − mean) / max(√variance, 10⁻⁷), or the way back, with statistics adapted to data before training: those of the
 * settings, or else weights. A third weight, the count of images, says nothing.
 */
const normalization: LayerImporter = (call) => {
  const { config, ops } = call
  const input = call.input.flattened ? asSourceValue(inSourceOrder(call.input, ops)) : call.input
  const kept = keptAxes(call)
  const sizes = kept.map((axis) =>
    fixedDim(input.value.shape[input.axes[axis] as number], 'A normalised axis'),
  )
  const full = input.axes.map((_, axis) => (kept.includes(axis) ? (sizes[kept.indexOf(axis)] as number) : 1))
  const order = input.axes.map((_, axis) => input.axes.indexOf(axis))
  const statistic = (key: 'mean' | 'variance', change: (value: number) => number): Value => {
    const stored = config.has(key)
      ? numbersIn(config.raw(key), sizes)
      : call.data(key, key === 'mean' ? 0 : 1, sizes).data
    const { data, shape } = permute(tensor(Float32Array.from(stored), full), order)
    return ops.constant(Array.from(data, change), shape)
  }
  const mean = statistic('mean', (value) => value)
  const deviation = statistic('variance', (value) => Math.max(Math.sqrt(value), 1e-7))
  return like(
    input,
    config.boolean('invert', false)
      ? ops.add(mean, ops.mul(input.value, deviation))
      : ops.div(ops.sub(input.value, mean), deviation),
  )
}

/** The numbers of a setting, of which one may stand for all. */
function numbersIn(value: unknown, sizes: readonly number[]): number[] {
  const list = [value].flat(8) as number[]
  const count = sizes.reduce((product, size) => product * size, 1)
  if (list.length !== 1 && list.length !== count)
    throw invalid(`A Normalization has ${counted(list.length, 'statistic')} for ${counted(count, 'value')}.`)
  return Array.from({ length: count }, (_, index) => list[list.length === 1 ? 0 : index] as number)
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
  const scaled: SourceValue = like(input, ops.mul(input.value, factor('scale', 1)))
  return config.has('offset') ? like(input, ops.add(scaled.value, factor('offset', 0))) : scaled
}

/** Batch norm, layer norm and the preprocessing layers. */
export const normalizationLayers: Readonly<Record<string, LayerImporter>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  Normalization: normalization,
  Rescaling: rescaling,
}
