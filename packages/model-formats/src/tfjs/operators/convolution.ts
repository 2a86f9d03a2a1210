import {
  fixedDim,
  type ConvAttributes,
  type Pads,
  type Pair,
  type PoolAttributes,
  type Value,
} from '@saliency/core'
import { kerasInitializers } from '../../default-initializers.ts'
import { channelsFirst, channelsLast, layAs } from '../../source-value.ts'
import { unsupported } from '../../problems.ts'
import { imageSize, samePads, type WindowSettings } from '../../same-padding.ts'
import { permute, withShape } from '../../weights/permute.ts'
import { single, type GraphCall, type GraphEntry, type GraphImporter } from '../graph-call.ts'
import { finishFused, type Fusible } from './fused.ts'

/** The image that a node reads, and how its own results lie. */
interface ReadImage {
  /** `[n, c, h, w]` */
  readonly value: Value
  readonly axes: readonly number[]
}

/** Whether a node's images have their channels first (`NCHW`). @throws UNSUPPORTED_MODEL for other layouts */
function axesOf({ attributes }: GraphCall): readonly number[] {
  const format = attributes.text('data_format', 'NHWC')
  if (format !== 'NHWC' && format !== 'NCHW') throw unsupported(`data_format '${format}'`)
  return format === 'NHWC' ? channelsLast : channelsFirst
}

/** The input, brought to the layout that the node reads. */
export function imageOf(call: GraphCall): ReadImage {
  const axes = axesOf(call)
  const { value } = layAs(call.sourceValue(0), axes, call.ops)
  if (value.shape.length !== 4)
    throw unsupported(`it reads a value of rank ${value.shape.length}, not an image`)
  return { value, axes }
}

/** Height and width of a four-axis attribute. */
function pair(call: GraphCall, name: string): Pair {
  const sizes = call.attributes.integers(name)
  const axes = axesOf(call)
  return [sizes[axes.indexOf(2)] ?? 1, sizes[axes.indexOf(3)] ?? 1]
}

function padsOf(call: GraphCall, value: Value, window: WindowSettings): Pads {
  const padding = call.attributes.text('padding', 'VALID')
  if (padding === 'SAME') return samePads(imageSize(value), window)
  if (padding === 'VALID') return [0, 0, 0, 0]
  const list = call.attributes.integers('explicit_paddings')
  const [row, column] = [2 * axesOf(call).indexOf(2), 2 * axesOf(call).indexOf(3)]
  return [list[row] ?? 0, list[column] ?? 0, list[row + 1] ?? 0, list[column + 1] ?? 0]
}

function windowOf(call: GraphCall, value: Value, kernel: Pair): Omit<ConvAttributes, 'group'> {
  const [strides, dilations] = [pair(call, 'strides'), pair(call, 'dilations')]
  return { strides, dilations, pads: padsOf(call, value, { kernel, strides, dilations }) }
}

function convolve(
  call: GraphCall,
  { value: x, axes }: ReadImage,
  weight: Value,
  attributes: ConvAttributes,
): GraphEntry {
  const fusible: Fusible = {
    size: fixedDim(weight.shape[0], 'The channel count'),
    build: (bias) => call.ops.conv(x, weight, bias, attributes),
  }
  return { value: finishFused(call, fusible, axes), axes }
}

const conv2d = single((call) => {
  const image = imageOf(call)
  const x = image.value
  const [height = 1, width = 1, inner = 1] = call.constant(1).shape
  const weight = call.parameter(1, {
    role: 'kernel',
    arrange: (stored) => permute(stored, [3, 2, 0, 1]), // [h, w, in, out] → [out, in, h, w]
    initializer: kerasInitializers.kernel,
  })
  const group = fixedDim(x.shape[1], 'The channel count') / inner
  return convolve(call, image, weight, { ...windowOf(call, x, [height, width]), group })
})

const depthwise = single((call) => {
  const image = imageOf(call)
  const x = image.value
  const [height = 1, width = 1, channels = 1, multiplier = 1] = call.constant(1).shape
  const weight = call.parameter(1, {
    role: 'kernel',
    arrangement: 'depthwise',
    // [h, w, c, m] → [c·m, 1, h, w]
    arrange: (stored) => withShape(permute(stored, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]),
    initializer: kerasInitializers.kernel,
  })
  return convolve(call, image, weight, { ...windowOf(call, x, [height, width]), group: channels })
})

function poolOf(call: GraphCall, value: Value): PoolAttributes {
  const [kernel, strides] = [pair(call, 'ksize'), pair(call, 'strides')]
  const dilations: Pair = [1, 1]
  return {
    kernel,
    strides,
    dilations,
    pads: padsOf(call, value, { kernel, strides, dilations }),
    ceilMode: false,
  }
}

const maxPool = single((call) => {
  const image = imageOf(call)
  const x = image.value
  return { ...image, value: call.ops.maxPool(x, poolOf(call, x)) }
})

const averagePool = single((call) => {
  const image = imageOf(call)
  const x = image.value
  return { ...image, value: call.ops.averagePool(x, { ...poolOf(call, x), countIncludePad: false }) }
})

/** Convolutions, alone or with a bias, batch norm and activation fused into them, and pooling. */
export const convolutionNodes: Readonly<Record<string, GraphImporter>> = {
  Conv2D: conv2d,
  _FusedConv2D: conv2d,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2dNative: depthwise,
  MaxPool: maxPool,
  AvgPool: averagePool,
}
