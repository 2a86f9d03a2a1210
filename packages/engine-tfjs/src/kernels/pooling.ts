import { averagedPositions, pooledPads, type OpName, type Pair, type PoolAttributes } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import { operand, shapeOf, type Call, type Kernel, type Result } from '../kernel.ts'
import { padImage, sample } from './padding.ts'

/** The smallest float: what ONNX Runtime pads a maximum with. */
const lowest = -3.4028234663852886e38

/** What every window holds at each of its places, row by row. */
function* windowPlaces(x: tf.Tensor4D, result: Pair, { kernel, strides, dilations }: PoolAttributes) {
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      const at = [row * dilations[0], column * dilations[1]] as const
      yield { at, values: sample(x, at, strides, result) }
    }
  }
}

/** TensorFlow.js pools neither dilated windows nor, on WebAssembly, windows of one place. */
const isOrdinary = ({ kernel, dilations }: PoolAttributes) =>
  dilations[0] === 1 && dilations[1] === 1 && kernel[0] * kernel[1] > 1

function resultSize(call: Call): Pair {
  const [, , height = 1, width = 1] = shapeOf(call)
  return [height, width]
}

function maximum(padded: tf.Tensor4D, result: Pair, attributes: PoolAttributes): tf.Tensor4D {
  if (isOrdinary(attributes))
    return tf.maxPool(padded, [...attributes.kernel], [...attributes.strides], 'valid')
  let best: tf.Tensor4D | undefined
  for (const { values } of windowPlaces(padded, result, attributes))
    best = best ? tf.maximum<tf.Tensor4D>(best, values) : values
  return best as tf.Tensor4D
}

/** 0, step, 2 · step, … along one axis of four. */
function ramp(length: number, step: number, axis: number): tf.Tensor4D {
  const values = Int32Array.from({ length }, (_, index) => index * step)
  const shape = [1, 1, 1, 1].map((_, index) => (index === axis ? length : 1)) as [
    number,
    number,
    number,
    number,
  ]
  return tf.tensor4d(values, shape, 'int32')
}

/** Where each window's first maximum is in `[n, c, h, w]`, as one number. */
function argMaximum(
  padded: tf.Tensor4D,
  largest: tf.Tensor4D,
  shape: readonly number[],
  attributes: PoolAttributes,
): tf.Tensor4D {
  const [n = 1, c = 1, h = 1, w = 1] = shape
  const { strides, pads } = attributes
  const result: Pair = [largest.shape[1], largest.shape[2]]
  let place: tf.Tensor4D | undefined
  // From the last place to the first, so that the first of equals stays.
  for (const { at, values } of [...windowPlaces(padded, result, attributes)].toReversed()) {
    const here = tf.fill<tf.Rank.R4>(largest.shape, at[0] * w + at[1], 'int32')
    place = place ? tf.where(tf.equal(values, largest), here, place) : here
  }
  const corner = tf.add(ramp(result[0], strides[0] * w, 1), ramp(result[1], strides[1], 2))
  const channel = tf.add(ramp(n, c * h * w, 0), ramp(c, h * w, 3))
  const start = tf.sub(tf.add(corner, channel), tf.scalar(pads[0] * w + pads[1], 'int32'))
  return tf.add(start, place as tf.Tensor4D)
}

function maxPool(call: Call<'MaxPool'>): readonly (Result | undefined)[] {
  const value = operand(call, 0)
  const x = value.get('channels-last') as tf.Tensor4D
  const result = resultSize(call)
  const padded = padImage(x, pooledPads(value.shape, shapeOf(call), call.attributes), lowest)
  const values = maximum(padded, result, call.attributes)
  const indices = call.wanted[1] ? argMaximum(padded, values, value.shape, call.attributes) : undefined
  return [
    { tensor: values, layout: 'channels-last' },
    indices && { tensor: indices, layout: 'channels-last' },
  ]
}

function mean(padded: tf.Tensor4D, result: Pair, attributes: PoolAttributes): tf.Tensor4D {
  const { kernel, strides } = attributes
  if (isOrdinary(attributes)) return tf.avgPool(padded, [...kernel], [...strides], 'valid')
  let total: tf.Tensor4D | undefined
  for (const { values } of windowPlaces(padded, result, attributes))
    total = total ? tf.add<tf.Tensor4D>(total, values) : values
  return tf.div(total as tf.Tensor4D, kernel[0] * kernel[1])
}

/** Averages over whole windows of zero-padded images, then corrects those that count fewer places. */
function averagePool(call: Call<'AveragePool'>): readonly Result[] {
  const { attributes } = call
  const { kernel } = attributes
  const value = operand(call, 0)
  const x = value.get('channels-last') as tf.Tensor4D
  const result = resultSize(call)
  const average = mean(padImage(x, pooledPads(value.shape, shapeOf(call), attributes)), result, attributes)
  const positions = averagedPositions(value.shape, shapeOf(call), attributes)
  const whole = kernel[0] * kernel[1]
  if (positions.every((count) => count === whole)) return [{ tensor: average, layout: 'channels-last' }]
  const factor = tf.tensor4d(
    positions.map((count) => whole / count),
    [1, ...result, 1],
  )
  return [{ tensor: tf.mul(average, factor), layout: 'channels-last' }]
}

/** ONNX's pooling on two spatial axes. */
export const pooling = { MaxPool: maxPool, AveragePool: averagePool } satisfies { [K in OpName]?: Kernel<K> }
