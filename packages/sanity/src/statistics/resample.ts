import type { Random } from '@saliency/core'

/** How often each image and each draw is in each resample of a crossed bootstrap. */
export interface Resamples {
  readonly count: number
  readonly images: number
  readonly draws: number
  /** `[count, images]` */
  readonly imageWeights: Float64Array
  /** `[count, draws]` */
  readonly drawWeights: Float64Array
}

function weights(count: number, size: number, vary: boolean, random: Random): Float64Array {
  const result = new Float64Array(count * size).fill(vary ? 0 : 1)
  if (vary) {
    for (let resample = 0; resample < count; resample++) {
      for (let i = 0; i < size; i++) result[resample * size + random.integer(0, size - 1)]! += 1
    }
  }
  return result
}

/** With fewer draws than this, draws are not resampled: their spread cannot be estimated from so few. */
export const LEAST_DRAWS = 5

/**
 * Resamples of images and draws, crossed: each image is in a resample as often with every draw (Owen 2007, "The
 * pigeonhole bootstrap", section 3). Drawn once and used for every quantity and every variant, so that
 * differences and ratios are paired.
 */
export function resampleCrossed(options: {
  images: number
  draws: number
  count: number
  random: Random
}): Resamples {
  const { images, draws, count, random } = options
  return {
    count,
    images,
    draws,
    imageWeights: weights(count, images, true, random),
    drawWeights: weights(count, draws, draws >= LEAST_DRAWS, random),
  }
}
