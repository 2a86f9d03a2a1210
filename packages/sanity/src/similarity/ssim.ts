import { gaussianWeights } from './gaussian.ts'
import { meanSimilarity, type Moments, momentsOf, type Windowed } from './windows.ts'
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
export interface SsimPrepared extends Windowed, Moments {}

/** Filtered mean and variance of one map, values taken as they are. */
export function prepareSsim({ data, height, width }: Plane, options: SsimOptions): SsimPrepared {
  const sigma = options.sigma ?? 1.5
  const largest = Math.floor((Math.min(height, width) - 1) / 2)
  const weights = gaussianWeights(sigma, Math.min(options.radius ?? Math.floor(3.5 * sigma + 0.5), largest))
  const map = { data, height, width, weights }
  return { ...map, ...momentsOf(map) }
}

/**
 * Mean structural similarity of two maps, 2-D, Gaussian window, population covariance
 * (Wang et al. 2004, eq. 13; the parameters of scikit-image's `gaussian_weights=True, sigma=1.5, use_sample_covariance=False`).
 */
export function compareSsim(a: SsimPrepared, b: SsimPrepared, { dataRange }: SsimOptions): number {
  return meanSimilarity(a, b, (0.01 * dataRange) ** 2, (0.03 * dataRange) ** 2)
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
