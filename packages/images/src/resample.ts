import type { Interpolation } from '@saliency/model-formats'

/** The part of an axis that is wanted, after the axis was scaled from `from` to `to` pixels. */
export interface AxisWindow {
  readonly from: number
  readonly to: number
  /** First wanted pixel of the scaled axis. */
  readonly start: number
  readonly length: number
}

/** For each wanted pixel the first pixel that it is made of, and its weights, which sum to 1. */
export interface AxisWeights {
  readonly first: Int32Array
  /** How many pixels each is made of. */
  readonly counts: Int32Array
  /** `[length, size]`; what lies behind the count is zero. */
  readonly weights: Float64Array
  readonly size: number
}

interface Kernel {
  /** Pixels on each side of the centre. */
  readonly support: number
  at(distance: number): number
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI))

/** Pillow's filters (`src/libImaging/Resample.c`); the bicubic one has a = −0.5. */
const KERNELS: Readonly<Record<Exclude<Interpolation, 'nearest'>, Kernel>> = {
  box: { support: 0.5, at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    support: 2,
    at(x) {
      const d = Math.abs(x)
      if (d < 1) return (1.5 * d - 2.5) * d * d + 1
      return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0
    },
  },
  lanczos: { support: 3, at: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
}

/**
 * How one axis is resampled, as Pillow does it: the kernel is centred at the middle of each new pixel, what lies outside
 * the image has no weight. With `antialias` the kernel grows with the factor where the axis becomes shorter.
 */
export function axisWeights(
  window: AxisWindow,
  interpolation: Interpolation,
  antialias: boolean,
): AxisWeights {
  if (interpolation === 'nearest') return nearestWeights(window)
  const { from, to, start, length } = window
  const kernel = KERNELS[interpolation]
  const scale = from / to
  const width = antialias ? Math.max(1, scale) : 1
  const support = kernel.support * width
  const size = Math.ceil(support) * 2 + 1
  const [first, counts] = [new Int32Array(length), new Int32Array(length)]
  const weights = new Float64Array(length * size)
  for (let pixel = 0; pixel < length; pixel++) {
    const centre = (start + pixel + 0.5) * scale
    const low = Math.max(0, Math.trunc(centre - support + 0.5))
    const high = Math.min(from, Math.trunc(centre + support + 0.5))
    let sum = 0
    for (let at = low; at < high; at++) sum += kernel.at((at - centre + 0.5) / width)
    for (let at = low; at < high; at++) {
      weights[pixel * size + at - low] = kernel.at((at - centre + 0.5) / width) / sum
    }
    first[pixel] = low
    counts[pixel] = high - low
  }
  return { first, counts, weights, size }
}

/** The pixel under the middle of each new one; the place is summed up step by step, as Pillow's affine transform does. */
function nearestWeights({ from, to, start, length }: AxisWindow): AxisWeights {
  const first = new Int32Array(length)
  let place = 0.5 * (from / to)
  for (let pixel = 0; pixel < start + length; pixel++) {
    if (pixel >= start) first[pixel - start] = Math.min(from - 1, Math.floor(place))
    place += from / to
  }
  const ones = { counts: new Int32Array(length).fill(1), weights: new Float64Array(length).fill(1) }
  return { first, ...ones, size: 1 }
}
