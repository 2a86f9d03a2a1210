import {
  fixedDim,
  type ConvAttributes,
  type Pads,
  type Pair,
  type PoolAttributes,
  type Value,
} from '@saliency/core'
import { kerasInitializers } from '../../default-initializers.ts'
import { place } from '../../placed.ts'
import { unsupported } from '../../problems.ts'
import { imageSize, samePads, type WindowSettings } from '../../same-padding.ts'
import { permute, withShape } from '../../weights/permute.ts'
import { single, type GraphCall, type GraphEntry, type GraphImporter } from '../graph-call.ts'
import { finishFused, type Fusible } from './fused.ts'

/** Height and width of a four-axis attribute in channels-last order. */
function pair({ attributes }: GraphCall, name: string): Pair {
  const [, height = 1, width = 1] = attributes.integers(name)
  return [height, width]
}

/** The input, which must be an image with channels last. */
function imageOf(call: GraphCall): Value {
  const format = call.attributes.text('data_format', 'NHWC')
  if (format !== 'NHWC') throw unsupported(`data_format '${format}' (only NHWC is supported)`)
  const { value } = call.placed(0)
  if (value.shape.length !== 4)
    throw unsupported(`it reads a value of rank ${value.shape.length}, not an image`)
  return value
}

function padsOf({ attributes }: GraphCall, value: Value, window: WindowSettings): Pads {
  const padding = attributes.text('padding', 'VALID')
  if (padding === 'SAME') return samePads(imageSize(value), window)
  if (padding === 'VALID') return [0, 0, 0, 0]
  const [, , top = 0, bottom = 0, left = 0, right = 0] = attributes.integers('explicit_paddings')
  return [top, left, bottom, right]
}

function windowOf(call: GraphCall, value: Value, kernel: Pair): Omit<ConvAttributes, 'group'> {
  const [strides, dilations] = [pair(call, 'strides'), pair(call, 'dilations')]
  return { strides, dilations, pads: padsOf(call, value, { kernel, strides, dilations }) }
}

function convolve(call: GraphCall, x: Value, weight: Value, attributes: ConvAttributes): GraphEntry {
  const fusible: Fusible = {
    size: fixedDim(weight.shape[0], 'The channel count'),
    build: (bias) => call.ops.conv(x, weight, bias, attributes),
  }
  return place(finishFused(call, fusible))
}

const conv2d = single((call) => {
  const x = imageOf(call)
  const [height = 1, width = 1, inner = 1] = call.known(1).shape
  const weight = call.parameter(1, {
    role: 'kernel',
    arrange: (stored) => permute(stored, [3, 2, 0, 1]), // [h, w, in, out] → [out, in, h, w]
    initializer: kerasInitializers.kernel,
  })
  const group = fixedDim(x.shape[1], 'The channel count') / inner
  return convolve(call, x, weight, { ...windowOf(call, x, [height, width]), group })
})

const depthwise = single((call) => {
  const x = imageOf(call)
  const [height = 1, width = 1, channels = 1, multiplier = 1] = call.known(1).shape
  const weight = call.parameter(1, {
    role: 'kernel',
    arrangement: 'depthwise',
    // [h, w, c, m] → [c·m, 1, h, w]
    arrange: (stored) => withShape(permute(stored, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]),
    initializer: kerasInitializers.kernel,
  })
  return convolve(call, x, weight, { ...windowOf(call, x, [height, width]), group: channels })
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
  const x = imageOf(call)
  return place(call.ops.maxPool(x, poolOf(call, x)))
})

const averagePool = single((call) => {
  const x = imageOf(call)
  return place(call.ops.averagePool(x, { ...poolOf(call, x), countIncludePad: false }))
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
