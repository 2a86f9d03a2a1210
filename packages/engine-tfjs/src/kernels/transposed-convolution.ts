import type { Pads, Pair } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import type { LaidOut } from '../laid-out.ts'
import { operand, shapeOf, type Call, type Result } from '../kernel.ts'
import { permute } from '../layout.ts'
import { convolve, convolveDepthwise, finish } from './convolution.ts'
import { padImage, spread, take } from './padding.ts'

const plain = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] } as const

/** `[n, h, w, c]` and the place of the wanted part in the full result. */
interface Request {
  readonly x: tf.Tensor4D
  readonly strides: Pair
  readonly pads: Pads
  /** `[height, width]` of the result. */
  readonly size: Pair
}

/** `[c, o, h, w]` with its dilation's zeros written out. */
function dense(weight: LaidOut, dilations: Pair): tf.Tensor4D {
  return weight.derived(`dense ${dilations.join('×')}`, () =>
    tf.clone(spread(spread(weight.get('given'), 2, dilations[0]), 3, dilations[1])),
  ) as tf.Tensor4D
}

const reverse = (length: number) => Array.from({ length }, (_, index) => length - 1 - index)

/**
 * Splits a kernel of stride s into the s² ordinary kernels that make the s × s neighbours of each place, stacked along
 * the output channels row by row: `[c, o, h, w]` → `[⌈h/s⌉, ⌈w/s⌉, c, s·s·o]`. TensorFlow.js's own
 * transposed convolution runs at a tenth of the speed of its convolution.
 */
function phases(kernel: tf.Tensor4D, stride: number): tf.Tensor4D {
  const [c, o, h, w] = kernel.shape
  const [rows, columns] = [Math.ceil(h / stride), Math.ceil(w / stride)]
  const padded = tf.pad4d(kernel, [
    [0, 0],
    [0, 0],
    [0, rows * stride - h],
    [0, columns * stride - w],
  ])
  // [c, o, rows·s, columns·s] → [c, o, rows, s, columns, s] → [rows, columns, c, s, s, o]
  const split = tf.transpose(tf.reshape(padded, [c, o, rows, stride, columns, stride]), [2, 4, 0, 3, 5, 1])
  const stacked = tf.reshape(split, [rows, columns, c, stride * stride * o])
  return take(take(stacked, reverse(rows), 0), reverse(columns), 1) as tf.Tensor4D
}

/** Where a result's part begins and ends among places of `stride`, and the pads that an ordinary convolution needs. */
function places(length: number, taps: number, stride: number, before: number, size: number) {
  const first = Math.floor(before / stride)
  const count = Math.floor((before + size - 1) / stride) - first + 1
  const padBefore = taps - 1 - first
  return { padBefore, padAfter: count + taps - 1 - length - padBefore, offset: before - first * stride }
}

/** `[n, h, w, s·s·o]` → `[n, h·s, w·s, o]`; `depthToSpace` costs ten times as much on WebAssembly. */
function interleave(x: tf.Tensor4D, stride: number): tf.Tensor4D {
  const [n, h, w, c] = x.shape
  const row = c / stride
  const rows = Array.from({ length: stride }, (_, index) =>
    tf.reshape(tf.slice4d(x, [0, 0, 0, index * row], [n, h, w, row]), [n * h, 1, w * row]),
  )
  return tf.reshape(tf.concat(rows, 1), [n, h * stride, w * stride, row / stride])
}

function byPhases(weight: LaidOut, dilations: Pair, { x, strides, pads, size }: Request): tf.Tensor4D {
  const [stride] = strides
  const kernel = weight.derived(`phases ${stride}, ${dilations.join('×')}`, () =>
    phases(dense(weight, dilations), stride),
  ) as tf.Tensor4D
  const rows = places(x.shape[1], kernel.shape[0], stride, pads[0], size[0])
  const columns = places(x.shape[2], kernel.shape[1], stride, pads[1], size[1])
  const low = convolve(x, kernel, {
    ...plain,
    pads: [rows.padBefore, columns.padBefore, rows.padAfter, columns.padAfter],
  })
  const full = stride === 1 ? low : interleave(low, stride)
  if (full.shape[1] === size[0] && full.shape[2] === size[1]) return full
  return tf.slice4d(full, [0, rows.offset, columns.offset, 0], [x.shape[0], ...size, full.shape[3]])
}

/** A kernel of one place: convolve first, then write the stride's zeros, which would be three products in four. */
function byPlace(weight: LaidOut, { x, strides, pads, size }: Request): tf.Tensor4D {
  const kernel = weight.derived('turned', () => permute(weight.get('given'), [2, 3, 0, 1])) as tf.Tensor4D
  const low = convolve(x, kernel, plain)
  const full = spread(spread(low, 1, strides[0]), 2, strides[1]) as tf.Tensor4D
  const [bottom, right] = [size[0] - full.shape[1] + pads[0], size[1] - full.shape[2] + pads[1]]
  return padImage(full, [-pads[0], -pads[1], bottom, right])
}

/** Writes the stride's zeros into the image, pads it, and leaves an ordinary convolution with a flipped kernel. */
function spreadImage({ x, strides, pads, size }: Request, kernel: Pair): tf.Tensor4D {
  const image = spread(spread(x, 1, strides[0]), 2, strides[1]) as tf.Tensor4D
  const [top, left] = [kernel[0] - 1 - pads[0], kernel[1] - 1 - pads[1]]
  const needed = [size[0] + kernel[0] - 1, size[1] + kernel[1] - 1] as const
  return padImage(image, [top, left, needed[0] - image.shape[1] - top, needed[1] - image.shape[2] - left])
}

/** `[c, o, h, w]` with both spatial axes reversed. */
const flip = (kernel: tf.Tensor4D) =>
  take(take(kernel, reverse(kernel.shape[2]), 2), reverse(kernel.shape[3]), 3)

function bySpreading(
  weight: LaidOut,
  group: number,
  dilations: Pair,
  request: Request,
  backend: string,
): tf.Tensor4D {
  const kernel = dense(weight, dilations)
  const [c, , h, w] = kernel.shape
  const image = spreadImage(request, [h, w])
  // [c, o, h, w] → [h, w, c, o]; of a depthwise kernel o is how many outputs each channel has.
  const flipped = weight.derived(`flipped ${dilations.join('×')}`, () =>
    permute(flip(kernel), [2, 3, 0, 1]),
  ) as tf.Tensor4D
  if (group === c && weight.shape.join() === `${c},1,1,1`) return tf.mul(image, tf.reshape(flipped, [c]))
  if (group === c) return convolveDepthwise(image, flipped, plain, backend)
  const kernels = tf.split(flipped, group, 2)
  const images = tf.split(image, group, 3)
  const parts = images.map((part, index) =>
    convolve(part as tf.Tensor4D, kernels[index] as tf.Tensor4D, plain),
  )
  return parts.length === 1 ? (parts[0] as tf.Tensor4D) : tf.concat4d(parts, 3)
}

function transposed(
  weight: LaidOut,
  group: number,
  dilations: Pair,
  request: Request,
  backend: string,
): tf.Tensor4D {
  const { strides } = request
  if (group !== 1) return bySpreading(weight, group, dilations, request, backend)
  if (weight.shape[2] === 1 && weight.shape[3] === 1) return byPlace(weight, request)
  return strides[0] === strides[1]
    ? byPhases(weight, dilations, request)
    : bySpreading(weight, group, dilations, request, backend)
}

/** ONNX's ConvTranspose on two spatial axes, as ordinary convolutions. */
export function convTranspose(call: Call<'ConvTranspose'>): readonly Result[] {
  const { strides, pads, dilations, group } = call.attributes
  const [, , height = 1, width = 1] = shapeOf(call)
  const x = operand(call, 0).get('channels-last') as tf.Tensor4D
  const request: Request = { x, strides, pads, size: [height, width] }
  const weight = operand(call, 1)
  const result = transposed(weight, group, dilations, request, call.backend)
  const bias = call.inputs[2]?.own as tf.Tensor1D | undefined
  return [{ tensor: finish(result, bias, undefined), layout: 'channels-last' }]
}
