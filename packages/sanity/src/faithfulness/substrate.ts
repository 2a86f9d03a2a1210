import { SaliencyError, type Random } from '@saliency/core'
import { gaussianWeights } from '../similarity/gaussian.ts'

/** What stands where a pixel is removed. */
export const substrates = ['zero', 'black', 'mean', 'blur', 'noise'] as const
/** Name of a substrate. */
export type Substrate = (typeof substrates)[number]

type Shape = readonly [c: number, h: number, w: number]

/**
 * RISE's kernel along one axis: its code smooths a point in the middle of 11 pixels by SciPy's `gaussian_filter` of standard
 * deviation 5, whose tails are cut at 20 pixels and come back from the border of the 11 as in a mirror.
 */
function riseWeights(): Float64Array {
  const [size, middle, reach] = [11, 5, 20]
  const gaussian = gaussianWeights(5, reach)
  return Float64Array.from({ length: size }, (_, i) => {
    let sum = 0
    for (let k = -reach; k <= reach; k++) {
      const place = (((i + k) % (2 * size)) + 2 * size) % (2 * size)
      if ((place < size ? place : 2 * size - 1 - place) === middle) sum += gaussian[k + reach]!
    }
    return sum
  })
}

/** Blur of one line of pixels, with zeros beside it. */
function blurLine(line: Float32Array, weights: Float64Array): Float32Array {
  const radius = (weights.length - 1) / 2
  return line.map((_, i) => {
    let sum = 0
    for (let k = Math.max(-radius, -i); k <= Math.min(radius, line.length - 1 - i); k++)
      sum += weights[k + radius]! * line[i + k]!
    return sum
  })
}

/** RISE's substrate for insertion, each channel by itself; zeros beside the image, as its convolution pads. */
function blur(image: Float32Array, [channels, height, width]: Shape): Float32Array {
  const weights = riseWeights()
  const result = Float32Array.from(image)
  for (let c = 0; c < channels; c++) {
    const plane = result.subarray(c * height * width, (c + 1) * height * width)
    for (let y = 0; y < height; y++)
      plane.set(blurLine(plane.slice(y * width, (y + 1) * width), weights), y * width)
    for (let x = 0; x < width; x++) {
      const column = blurLine(
        Float32Array.from({ length: height }, (_, y) => plane[y * width + x]!),
        weights,
      )
      column.forEach((value, y) => (plane[y * width + x] = value))
    }
  }
  return result
}

/** Each channel filled with one number computed from it. */
function filled(
  image: Float32Array,
  [channels, height, width]: Shape,
  value: (plane: Float32Array) => number,
): Float32Array {
  const size = height * width
  const result = new Float32Array(image.length)
  for (let c = 0; c < channels; c++) {
    result.fill(value(image.subarray(c * size, (c + 1) * size)), c * size, (c + 1) * size)
  }
  return result
}

function extremes(image: Float32Array): { low: number; high: number } {
  let [low, high] = [Infinity, -Infinity]
  for (const value of image) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return { low, high }
}

/**
 * A whole image of what replaces removed pixels, `[c, h, w]` in preprocessed units: `zero` (mean grey after the usual
 * normalisation), `black` (the image's smallest value), `mean` (of each channel), `blur` (RISE's kernel of 11 pixels, almost flat, zeros beside the image), `noise` (uniform between the
 * image's extremes).
 * @throws INVALID_OPTION for an unknown name
 */
export function substrateOf(name: string, image: Float32Array, shape: Shape, random: Random): Float32Array {
  switch (name as Substrate) {
    case 'zero':
      return new Float32Array(image.length)
    case 'black':
      return new Float32Array(image.length).fill(extremes(image).low)
    case 'mean':
      return filled(image, shape, (plane) => plane.reduce((sum, value) => sum + value, 0) / plane.length)
    case 'blur':
      return blur(image, shape)
    case 'noise': {
      const { low, high } = extremes(image)
      return image.map(() => low + (high - low) * random.uniform())
    }
  }
  throw new SaliencyError(
    'INVALID_OPTION',
    `unknown substrate '${name}': choose from ${substrates.join(', ')}`,
  )
}
