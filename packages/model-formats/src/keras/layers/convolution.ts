import { fixedDim, type ConvAttributes, type Pair, type Value } from '@saliency/core'
import { channelsFirst, channelsLast, layAs, type SourceValue } from '../../source-value.ts'
import { unsupported } from '../../problems.ts'
import { imageSize, samePads } from '../../same-padding.ts'
import { permute, withShape } from '../../weights/permute.ts'
import { applyActivation } from '../apply-activation.ts'
import type { LayerCall, LayerImporter } from '../layer-call.ts'

const unit: Pair = [1, 1]

/** Where a layer's images have their channels. @throws UNSUPPORTED_MODEL for other layouts */
export function imageAxes({ config }: LayerCall): readonly number[] {
  const format = config.string('data_format', 'channels_last')
  if (format === 'channels_last' || format === 'channelsLast') return channelsLast
  if (format === 'channels_first' || format === 'channelsFirst') return channelsFirst
  throw unsupported(`data_format '${format}' is not supported`)
}

/** The image that a layer reads. */
interface ReadImage {
  /** `[n, c, h, w]` */
  readonly value: Value
  readonly channels: number
  /** An image of the layer's results, which lie as what it reads. */
  placed(value: Value): SourceValue
}

/** The input, which must be an image, brought to the layout that the layer reads. */
export function imageInput(call: LayerCall): ReadImage {
  const axes = imageAxes(call)
  const { value } = layAs(call.input, axes, call.ops)
  if (value.shape.length !== 4)
    throw unsupported(`it reads a value of rank ${value.shape.length}, not an image`)
  return {
    value,
    channels: fixedDim(value.shape[1], 'The channel count'),
    placed: (result) => ({ value: result, axes }),
  }
}

/** Strides, dilations and explicit pads of a convolution. */
function windowOf({ config }: LayerCall, value: Value, kernel: Pair): Omit<ConvAttributes, 'group'> {
  const strides = config.pair('strides', unit)
  const dilations = config.pair('dilation_rate', unit)
  const padding = config.string('padding', 'valid')
  if (padding !== 'valid' && padding !== 'same') throw unsupported(`padding '${padding}' is not supported`)
  const pads =
    padding === 'same' ? samePads(imageSize(value), { kernel, strides, dilations }) : ([0, 0, 0, 0] as const)
  return { strides, dilations, pads }
}

/** The bias `[filters]`, if the layer has one. */
export function biasOf(call: LayerCall, filters: number): Value | undefined {
  if (!call.config.boolean('use_bias', true)) return undefined
  return call.parameter({ weight: 'bias', role: 'bias', shape: [filters], initializer: 'bias_initializer' })
}

const conv2d: LayerImporter = (call) => {
  const { value, channels, placed } = imageInput(call)
  const kernel = call.config.pair('kernel_size')
  const filters = call.config.number('filters')
  const group = call.config.number('groups', 1)
  const weight = call.parameter({
    weight: 'kernel',
    role: 'kernel',
    shape: [...kernel, channels / group, filters],
    arrange: (stored) => permute(stored, [3, 2, 0, 1]), // [h, w, in, out] → [out, in, h, w]
    initializer: 'kernel_initializer',
  })
  const bias = biasOf(call, filters)
  const result = call.ops.conv(value, weight, bias, { ...windowOf(call, value, kernel), group })
  return applyActivation(call, placed(result))
}

/** The kernel of a depthwise convolution as that of a grouped one: `[h, w, c, m] → [c·m, 1, h, w]`. */
function depthwiseKernel(
  call: LayerCall,
  channels: number,
  kernel: Pair,
  otherNames: readonly string[],
): Value {
  const multiplier = call.config.number('depth_multiplier', 1)
  return call.parameter({
    weight: 'depthwise_kernel',
    otherNames,
    role: 'kernel',
    shape: [...kernel, channels, multiplier],
    arrange: (stored) => withShape(permute(stored, [2, 3, 0, 1]), [channels * multiplier, 1, ...kernel]),
    initializer: 'depthwise_initializer',
  })
}

/** Keras 3 calls its weight `kernel`, as it has no other. */
const depthwiseConv2d: LayerImporter = (call) => {
  const { value, channels, placed } = imageInput(call)
  const kernel = call.config.pair('kernel_size')
  const weight = depthwiseKernel(call, channels, kernel, ['kernel'])
  const bias = biasOf(call, fixedDim(weight.shape[0], 'The channel count'))
  const result = call.ops.conv(value, weight, bias, { ...windowOf(call, value, kernel), group: channels })
  return applyActivation(call, placed(result))
}

/** A depthwise convolution, then a pointwise one that carries the bias. */
const separableConv2d: LayerImporter = (call) => {
  const { value, channels, placed } = imageInput(call)
  const kernel = call.config.pair('kernel_size')
  const filters = call.config.number('filters')
  const depthwise = depthwiseKernel(call, channels, kernel, [])
  const middle = fixedDim(depthwise.shape[0], 'The channel count')
  const pointwise = call.parameter({
    weight: 'pointwise_kernel',
    role: 'kernel',
    shape: [1, 1, middle, filters],
    arrange: (stored) => permute(stored, [3, 2, 0, 1]),
    initializer: 'pointwise_initializer',
  })
  const bias = biasOf(call, filters)
  const spread = call.ops.conv(value, depthwise, undefined, {
    ...windowOf(call, value, kernel),
    group: channels,
  })
  return applyActivation(call, placed(call.ops.conv(spread, pointwise, bias)))
}

/** Keras' transposed convolution: SAME gives size · stride, VALID adds what the kernel reaches beyond the stride. */
const conv2dTranspose: LayerImporter = (call) => {
  const { value, channels, placed } = imageInput(call)
  const { config } = call
  if (config.has('output_padding')) throw unsupported('output_padding is not supported')
  const [kernel, strides] = [config.pair('kernel_size'), config.pair('strides', unit)]
  const dilations = config.pair('dilation_rate', unit)
  if (dilations.some((dilation) => dilation !== 1)) throw unsupported('dilation of a transposed convolution')
  const filters = config.number('filters')
  const weight = call.parameter({
    weight: 'kernel',
    role: 'kernel',
    shape: [...kernel, filters, channels],
    arrange: (stored) => permute(stored, [3, 2, 0, 1]), // [h, w, out, in] → [in, out, h, w]
    initializer: 'kernel_initializer',
  })
  const bias = biasOf(call, filters)
  const surplus = kernel.map((size, axis) => Math.max(size - (strides[axis] ?? 1), 0)) as unknown as Pair
  const missing = kernel.map((size, axis) => Math.max((strides[axis] ?? 1) - size, 0)) as unknown as Pair
  const same = config.string('padding', 'valid') === 'same'
  const before: Pair = same ? [Math.floor(surplus[0] / 2), Math.floor(surplus[1] / 2)] : [0, 0]
  const result = call.ops.convTranspose(value, weight, bias, {
    strides,
    pads: same ? [...before, surplus[0] - before[0], surplus[1] - before[1]] : [0, 0, 0, 0],
    outputPadding: missing,
  })
  return applyActivation(call, placed(result))
}

/** Convolutions in two dimensions. */
export const convolutionLayers: Readonly<Record<string, LayerImporter>> = {
  Conv2D: conv2d,
  Convolution2D: conv2d,
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
  Conv2DTranspose: conv2dTranspose,
}
