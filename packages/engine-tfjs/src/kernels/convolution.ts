import type { ConvAttributes, Pads, Pair } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import type { LaidOut } from '../laid-out.ts'
import { operand, type Call, type Result } from '../kernel.ts'
import { permute } from '../layout.ts'
import { padImage, sample, spread } from './padding.ts'

/** A convolution of `[n, h, w, c]` and what follows it. */
export interface Convolution {
  readonly strides: Pair
  readonly pads: Pads
  readonly dilations: Pair
  readonly bias?: tf.Tensor1D | undefined
  readonly activation?: 'relu' | undefined
}

type Padding = Parameters<typeof tf.conv2d>[3]

/** ONNX's `[top, left, bottom, right]` as TensorFlow.js writes it. */
function padding([top, left, bottom, right]: Pads): Padding {
  if (top === 0 && left === 0 && bottom === 0 && right === 0) return 'valid'
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ] as unknown as Padding
}

/** TensorFlow.js refuses strides together with dilations: convolve at every place, then keep some. */
function everyPlace(x: tf.Tensor4D, strides: Pair, compute: () => tf.Tensor4D): tf.Tensor4D {
  const full = compute()
  const size = [1, 2].map((axis) =>
    Math.ceil((full.shape[axis] as number) / (strides[axis - 1] as number)),
  ) as unknown as Pair
  return sample(full, [0, 0], strides, size)
}

const isUnit = ([a, b]: Pair) => a === 1 && b === 1

/** An ordinary convolution: `kernel [h, w, i, o]`. */
export function convolve(x: tf.Tensor4D, kernel: tf.Tensor4D, settings: Convolution): tf.Tensor4D {
  const { strides, pads, dilations, bias, activation } = settings
  if (!isUnit(strides) && !isUnit(dilations)) {
    return everyPlace(x, strides, () => convolve(x, kernel, { ...settings, strides: [1, 1] }))
  }
  if (Math.min(...pads) < 0) return convolve(padImage(x, pads), kernel, { ...settings, pads: [0, 0, 0, 0] })
  return tf.fused.conv2d({
    x,
    filter: kernel,
    strides: [...strides],
    pad: padding(pads) as never,
    dataFormat: 'NHWC',
    dilations: [...dilations],
    ...(bias && { bias }),
    ...(activation && { activation }),
  })
}

/** One kernel `[h, w, c, multiplier]` a channel; the tensorflow backend takes no dilations and only equal strides. */
export function convolveDepthwise(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  settings: Convolution,
  backend: string,
): tf.Tensor4D {
  const { strides, pads, dilations } = settings
  const isNative = backend === 'tensorflow'
  if (isNative && !isUnit(dilations)) {
    const dense = spread(spread(kernel, 0, dilations[0]), 1, dilations[1]) as tf.Tensor4D
    return convolveDepthwise(x, dense, { ...settings, dilations: [1, 1] }, backend)
  }
  if (!isUnit(strides) && (!isUnit(dilations) || (isNative && strides[0] !== strides[1]))) {
    return everyPlace(x, strides, () =>
      convolveDepthwise(x, kernel, { ...settings, strides: [1, 1] }, backend),
    )
  }
  return tf.depthwiseConv2d(x, kernel, [...strides], padding(pads) as never, 'NHWC', [...dilations])
}

/** `[c · m, 1, h, w]` → `[h, w, c, m]` */
export function depthwiseKernel(weight: LaidOut, group: number): tf.Tensor4D {
  const [outer = 1, , height = 1, width = 1] = weight.shape
  return weight.derived(`depthwise ${group}`, () =>
    permute(tf.reshape(weight.get('given'), [group, outer / group, height, width]), [2, 3, 0, 1]),
  ) as tf.Tensor4D
}

/** Adds what a convolution without fusion leaves out. */
export function finish(
  x: tf.Tensor4D,
  bias: tf.Tensor1D | undefined,
  activation: 'relu' | undefined,
): tf.Tensor4D {
  const shifted = bias ? tf.add(x, bias) : x
  return (activation ? tf.relu(shifted) : shifted) as tf.Tensor4D
}

/** Splits channels and kernels into groups. */
function convolveGroups(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  group: number,
  settings: ConvAttributes,
): tf.Tensor4D {
  const images = tf.split(x, group, 3)
  const kernels = tf.split(kernel, group, 3)
  const plain = { strides: settings.strides, pads: settings.pads, dilations: settings.dilations }
  return tf.concat4d(
    images.map((image, index) => convolve(image as tf.Tensor4D, kernels[index] as tf.Tensor4D, plain)),
    3,
  )
}

/** ONNX's Conv on two spatial axes. */
export function conv(call: Call<'Conv'>): readonly Result[] {
  const { strides, pads, dilations, group } = call.attributes
  const [value, weight, biasValue] = [operand(call, 0), operand(call, 1), call.inputs[2]]
  const x = value.get('channels-last') as tf.Tensor4D
  const bias = biasValue?.own as tf.Tensor1D | undefined
  const plain = { strides, pads, dilations }
  const activation = call.form === 'activated' ? 'relu' : undefined
  let result: tf.Tensor4D
  if (group === 1) {
    result = convolve(x, weight.get('kernel') as tf.Tensor4D, { ...plain, bias, activation })
  } else if (weight.shape[1] === 1) {
    result = finish(
      convolveDepthwise(x, depthwiseKernel(weight, group), plain, call.backend),
      bias,
      activation,
    )
  } else {
    result = finish(
      convolveGroups(x, weight.get('kernel') as tf.Tensor4D, group, call.attributes),
      bias,
      activation,
    )
  }
  return [{ tensor: result, layout: 'channels-last' }]
}
