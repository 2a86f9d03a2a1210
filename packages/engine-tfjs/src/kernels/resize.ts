import { nearestSource, resizeSource, type ResizeAttributes } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import { operand, type Call, type Result } from '../kernel.ts'
import { take } from './padding.ts'

/** One axis: both neighbours of each place, and the second one's share. */
function resizeAxis(x: tf.Tensor, axis: number, size: number, attributes: ResizeAttributes): tf.Tensor {
  const length = x.shape[axis] as number
  if (length === size && attributes.coordinates !== 'asymmetric') return x
  const { mode, coordinates } = attributes
  const places = Array.from({ length: size }, (_, index) => index)
  if (mode === 'nearest') {
    const nearest = places.map((index) => nearestSource(index, length, size, coordinates))
    return take(x, nearest, axis)
  }
  const positions = places.map((index) => resizeSource(index, length, size, coordinates))
  const inside = positions.map((at) => Math.min(Math.max(at, 0), length - 1))
  const low = inside.map((at) => Math.floor(at))
  const high = low.map((at) => Math.min(at + 1, length - 1))
  const along = x.shape.map((_, index) => (index === axis ? size : 1))
  const share = tf.tensor(
    inside.map((at) => at - Math.floor(at)),
    along,
  )
  const first = take(x, low, axis)
  return tf.add(first, tf.mul(tf.sub(take(x, high, axis), first), share))
}

/** TensorFlow.js's own resizing knows three of the conventions, and repeats pixels by whole factors. */
function native(x: tf.Tensor4D, { size, mode, coordinates }: ResizeAttributes): tf.Tensor4D | undefined {
  const target: [number, number] = [...size]
  if (mode === 'nearest') {
    const isWhole = size[0] % x.shape[1] === 0 && size[1] % x.shape[2] === 0
    return isWhole && coordinates === 'asymmetric' ? tf.image.resizeNearestNeighbor(x, target) : undefined
  }
  if (coordinates === 'pytorch_half_pixel') return undefined
  return tf.image.resizeBilinear(x, target, coordinates === 'align_corners', coordinates === 'half_pixel')
}

/** ONNX's Resize of height and width; axis by axis where TensorFlow.js has no such convention. */
export function resize(call: Call<'Resize'>): readonly Result[] {
  const { attributes } = call
  const x = operand(call, 0).get('channels-last') as tf.Tensor4D
  const tensor =
    native(x, attributes) ??
    resizeAxis(resizeAxis(x, 1, attributes.size[0], attributes), 2, attributes.size[1], attributes)
  return [{ tensor, layout: 'channels-last' }]
}
