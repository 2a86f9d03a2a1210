import type { Pads, Pair } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'

/** Takes `indices` of one axis; for reversals, strides, reflections and repeated edges alike. */
export function take(x: tf.Tensor, indices: readonly number[], axis: number): tf.Tensor {
  return tf.gather(x, tf.tensor1d([...indices], 'int32'), axis)
}

/** Pads `[n, h, w, c]` with a number; negative pads crop. */
export function padImage(x: tf.Tensor4D, [top, left, bottom, right]: Pads, value = 0): tf.Tensor4D {
  const [n, h, w, c] = x.shape
  const crop = (pad: number) => Math.max(0, -pad)
  const grow = (pad: number) => Math.max(0, pad)
  let image = x
  if (Math.min(top, left, bottom, right) < 0) {
    const size = [n, h - crop(top) - crop(bottom), w - crop(left) - crop(right), c] as const
    image = tf.slice4d(image, [0, crop(top), crop(left), 0], [...size])
  }
  if (Math.max(top, left, bottom, right) <= 0) return image
  return tf.pad4d(
    image,
    [
      [0, 0],
      [grow(top), grow(bottom)],
      [grow(left), grow(right)],
      [0, 0],
    ],
    value,
  )
}

/**
 * Every `stride`-th row and column of `[n, h, w, c]` from an offset, `size` of them. Cut out of a reshaped image: a
 * strided slice costs forty times as much on WebAssembly.
 */
export function sample(x: tf.Tensor4D, offset: Pair, strides: Pair, size: Pair): tf.Tensor4D {
  const [n, h, w, c] = x.shape
  const [rows, columns] = [size[0] * strides[0], size[1] * strides[1]]
  const missing = [offset[0] + rows - h, offset[1] + columns - w] as const
  const whole = padImage(x, [0, 0, Math.max(0, missing[0]), Math.max(0, missing[1])])
  const isExact = offset[0] + offset[1] === 0 && whole.shape[1] === rows && whole.shape[2] === columns
  const part = isExact ? whole : tf.slice4d(whole, [0, ...offset, 0], [n, rows, columns, c])
  if (strides[0] === 1 && strides[1] === 1) return part
  // [n, rows · s, columns · t, c] → [n · rows, s, columns, t · c], of which the first row and the first c are wanted
  const cells = tf.reshape(part, [n * size[0], strides[0], size[1], strides[1] * c])
  return tf.reshape(tf.slice(cells, [0, 0, 0, 0], [n * size[0], 1, size[1], c]), [n, ...size, c])
}

/** Puts `step − 1` zeros between neighbours along an axis: length `(length − 1) · step + 1`. */
export function spread(x: tf.Tensor, axis: number, step: number): tf.Tensor {
  const length = x.shape[axis] as number
  if (step === 1 || length === 1) return x
  const inner = x.shape.slice(axis + 1).reduce((product, dim) => product * dim, 1)
  // [outer, length, inner] → [outer · length, step, inner], zero but for the first of each step
  const padded = tf.pad3d(tf.reshape(x, [-1, 1, inner]), [
    [0, 0],
    [0, step - 1],
    [0, 0],
  ])
  const shape = x.shape.map((dim, index) => (index === axis ? dim * step : dim))
  const size = shape.map((dim, index) => (index === axis ? dim - step + 1 : dim))
  return tf.slice(
    tf.reshape(padded, shape),
    shape.map(() => 0),
    size,
  )
}
