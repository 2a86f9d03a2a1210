import { isUndefined, type Plane } from './plane.ts'
import type { Similarity } from './similarity.ts'
import { compareSsim, prepareSsim, type SsimPrepared } from './ssim.ts'

/** A map divided by the root of the mean of its squares, with its ends. */
interface Scaled extends Plane {
  readonly low: number
  readonly high: number
}

/** Binder et al. 2023: scale goes, and zero and the sign stay where they are. */
function scaled(map: Plane): Scaled {
  const squares = map.data.reduce((sum, value) => sum + value * value, 0)
  const root = Math.sqrt(squares / map.data.length)
  let [low, high] = [Infinity, -Infinity]
  const data = map.data.map((value) => {
    const own = value / root
    low = Math.min(low, own)
    high = Math.max(high, own)
    return own
  })
  return { ...map, data, low, high }
}

/** The range of both maps together, as the published code takes it. */
const rangeOf = (a: Scaled, b: Scaled) => Math.max(a.high, b.high) - Math.min(a.low, b.low)

/** SSIM of maps that are divided by the root of their mean square; the data range is that of both maps together. */
export const ssimSecondMoment: Similarity<Scaled & SsimPrepared> = {
  id: 'ssim-second-moment',
  convention:
    '2-D SSIM, Gaussian window sigma 1.5, maps divided by the root of their mean square, data range from the least to the largest value of both',
  prepare(map) {
    if (isUndefined(map.data)) return undefined
    const own = scaled(map)
    return { ...own, ...prepareSsim(own, { dataRange: 1 }) }
  },
  compare: (a, b) => compareSsim(a, b, { dataRange: rangeOf(a, b) }),
}

/** Side of the uniform window in scikit-image, and what makes a covariance that of a sample. */
const WINDOW = 7
const OF_SAMPLE = WINDOW / (WINDOW - 1)

/** Sums of a series over every window that lies inside of it. */
function windowSums(length: number, value: (at: number) => number): Float64Array {
  const sums = new Float64Array(Math.max(0, length - WINDOW + 1))
  for (let start = 0; start < sums.length; start++)
    for (let at = start; at < start + WINDOW; at++) sums[start]! += value(at)
  return sums
}

/** What one row of pixels says in every window: its mean and its variance as a sample. */
interface Flat extends Scaled {
  readonly means: Float64Array
  readonly variances: Float64Array
}

/** Mean of the products in a window less the product of the means, as a sample. */
function covarianceOf(sum: number, a: number, b: number): number {
  return OF_SAMPLE * (sum / WINDOW - a * b)
}

/**
 * SSIM as Quantus takes it in Hedström et al. 2024: the map as one row of pixels after another, in one dimension, with a
 * uniform window of 7 and the covariance of a sample (the defaults of scikit-image); divided by the root of the mean square.
 */
export const ssimFlat: Similarity<Flat> = {
  id: 'ssim-flat',
  convention:
    '1-D SSIM of the rows of pixels put one behind the other, uniform window of 7, covariance of a sample, maps divided by the root of their mean square, data range from the least to the largest value of both',
  prepare(map) {
    if (isUndefined(map.data) || map.data.length < WINDOW) return undefined
    const own = scaled(map)
    const means = windowSums(own.data.length, (at) => own.data[at]!).map((sum) => sum / WINDOW)
    const squares = windowSums(own.data.length, (at) => own.data[at]! ** 2)
    const variances = squares.map((sum, at) => covarianceOf(sum, means[at]!, means[at]!))
    return { ...own, means, variances }
  },
  compare(a, b) {
    const range = rangeOf(a, b)
    const [c1, c2] = [(0.01 * range) ** 2, (0.03 * range) ** 2]
    const products = windowSums(a.data.length, (at) => a.data[at]! * b.data[at]!)
    const total = products.reduce((sum, product, at) => {
      const [ofA, ofB] = [a.means[at]!, b.means[at]!]
      const covariance = covarianceOf(product, ofA, ofB)
      const likeness = (2 * ofA * ofB + c1) * (2 * covariance + c2)
      return sum + likeness / ((ofA ** 2 + ofB ** 2 + c1) * (a.variances[at]! + b.variances[at]! + c2))
    }, 0)
    return total / products.length
  },
}
