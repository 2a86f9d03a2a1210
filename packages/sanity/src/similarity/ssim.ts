import { filterInside, gaussianWeights } from './gaussian.ts'
import { isUndefined, type Plane } from './plane.ts'
import { clippedMaximum } from './clipped-maximum.ts'
import type { Similarity } from './similarity.ts'

/** Window and range of an SSIM. */
export interface SsimOptions {
  /** Difference between the largest and the smallest value that a map can have; never guessed from the maps. */
  readonly dataRange: number
  /** Standard deviation of the Gaussian window in pixels; 1.5 as in Wang et al. 2004. */
  readonly sigma?: number
  /** Half the window's width; ⌊3.5 σ + .5⌋ (5 at σ = 1.5), less where the map is smaller than the window. */
  readonly radius?: number
}

/** What SSIM needs of one map: the map itself and its filtered mean and variance. */
export interface SsimPrepared {
  readonly data: Float32Array
  readonly height: number
  readonly width: number
  readonly mean: Float64Array
  readonly variance: Float64Array
  readonly weights: Float64Array
}

let workspace = new Float64Array(0)

/** Space for one map that lives until the next call. */
function room(length: number): Float64Array {
  if (workspace.length < length) workspace = new Float64Array(length)
  return workspace
}

/** Filtered mean and variance of one map, values taken as they are. */
export function prepareSsim(map: Plane, options: SsimOptions): SsimPrepared {
  const sigma = options.sigma ?? 1.5
  const largest = Math.floor((Math.min(map.height, map.width) - 1) / 2)
  const weights = gaussianWeights(sigma, Math.min(options.radius ?? Math.floor(3.5 * sigma + 0.5), largest))
  const { data, height, width } = map
  const wide = room(data.length)
  for (let i = 0; i < data.length; i++) wide[i] = data[i]!
  const mean = filterInside(wide, height, width, weights)
  for (let i = 0; i < data.length; i++) wide[i] = data[i]! * data[i]!
  const variance = filterInside(wide, height, width, weights)
  for (let i = 0; i < mean.length; i++) variance[i]! -= mean[i]! ** 2
  return { data, height, width, mean, variance, weights }
}

/**
 * Mean structural similarity of two maps, 2-D, Gaussian window, population covariance
 * (Wang et al. 2004, eq. 13; the parameters of scikit-image's `gaussian_weights=True, sigma=1.5, use_sample_covariance=False`).
 */
export function compareSsim(a: SsimPrepared, b: SsimPrepared, options: SsimOptions): number {
  const product = room(a.data.length)
  for (let i = 0; i < a.data.length; i++) product[i] = a.data[i]! * b.data[i]!
  const cross = filterInside(product, a.height, a.width, a.weights)
  const c1 = (0.01 * options.dataRange) ** 2
  const c2 = (0.03 * options.dataRange) ** 2
  let sum = 0
  for (let i = 0; i < cross.length; i++) {
    const ma = a.mean[i]!
    const mb = b.mean[i]!
    const luminance = (2 * ma * mb + c1) / (ma * ma + mb * mb + c1)
    sum += (luminance * (2 * (cross[i]! - ma * mb) + c2)) / (a.variance[i]! + b.variance[i]! + c2)
  }
  return sum / cross.length
}

/**
 * SSIM as a similarity of saliency maps: each map is divided by the 99th percentile of its magnitudes and clipped to
 * [-1, 1], so the data range is 2 for every map, signed or not.
 */
export const ssim: Similarity<SsimPrepared> = {
  id: 'ssim',
  convention:
    '2-D SSIM, Gaussian window sigma 1.5, maps divided by the 99th percentile of |v| and clipped, data range 2',
  prepare(map) {
    if (isUndefined(map.data)) return undefined
    return prepareSsim({ ...map, data: clippedMaximum(map.data, 0.99) }, { dataRange: 2 })
  },
  compare: (a, b) => compareSsim(a, b, { dataRange: 2 }),
}

function unitRange(data: Float32Array): Float32Array {
  let [low, high] = [Infinity, -Infinity]
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!
    if (value < low) low = value
    if (value > high) high = value
  }
  const result = new Float32Array(data.length)
  for (let i = 0; i < data.length; i++) result[i] = (data[i]! - low) / (high - low)
  return result
}

/** SSIM as Adebayo et al. 2018 take it: maps stretched to [0, 1], which moves zero and hides the sign; data range 1. */
export const ssimMinMax: Similarity<SsimPrepared> = {
  id: 'ssim-minmax',
  convention:
    '2-D SSIM, Gaussian window sigma 1.5, maps stretched from their minimum and maximum to [0, 1], data range 1',
  prepare(map) {
    if (isUndefined(map.data)) return undefined
    return prepareSsim({ ...map, data: unitRange(map.data) }, { dataRange: 1 })
  },
  compare: (a, b) => compareSsim(a, b, { dataRange: 1 }),
}
