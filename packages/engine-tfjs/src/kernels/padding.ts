import type { Pads } from '@saliency/core'
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

/** Every `stride`-th row and column of `[n, h, w, c]`, from an offset, `size` of them. */
export function sample(
  x: tf.Tensor4D,
  offset: readonly [number, number],
  strides: readonly [number, number],
  size: readonly [number, number],
): tf.Tensor4D {
  const [n, , , c] = x.shape
  const last = [0, 1].map((axis) => (offset[axis] ?? 0) + ((size[axis] ?? 1) - 1) * (strides[axis] ?? 1) + 1)
  if (strides[0] === 1 && strides[1] === 1) return tf.slice4d(x, [0, ...offset, 0], [n, ...size, c])
  return tf.stridedSlice(
    x,
    [0, ...offset, 0],
    [n, last[0] ?? 1, last[1] ?? 1, c],
    [1, ...strides, 1],
  ) as tf.Tensor4D
}

/** Puts `step − 1` zeros between neighbours along an axis: length `(length − 1) · step + 1`. */
export function spread(x: tf.Tensor, axis: number, step: number): tf.Tensor {
  const length = x.shape[axis] ?? 1
  if (step === 1 || length === 1) return x
  const withZero = tf.pad(
    x,
    x.shape.map((_, index): [number, number] => [0, index === axis ? 1 : 0]),
  )
  const indices = Array.from({ length: (length - 1) * step + 1 }, (_, at) =>
    at % step === 0 ? at / step : length,
  )
  return take(withZero, indices, axis)
}
