import type { Measurement } from '@saliency/core'
import type { ByImage } from '../metrics/by-image.ts'
import { meanInUnit } from './unit-mean.ts'
import { findsFrom, imagesToDecideMean } from './unit-power.ts'
import { ENOUGH_IMAGES } from './verdict.ts'

/** Fewer defined values than this share of the images, and nothing is judged. */
export const ENOUGH_VALUES = 0.9

/** A mean of values in [0, 1], its interval, and whether that lies on one side of a threshold. */
export interface UnitVerdict {
  readonly mean: number
  readonly low: number
  readonly high: number
  /** Above the threshold, below it, or neither. */
  readonly side: 'above' | 'below' | 'open'
  /** The smallest mean of which four of five such studies say that it is above; absent where none would. */
  readonly finds?: number
  /** How many images are expected to decide what is open. */
  readonly needs?: number
}

/** Judges the mean of at least two values in [0, 1] against a threshold. */
export function unitVerdict(values: readonly number[], threshold: number): UnitVerdict {
  const { mean, low, high } = meanInUnit(values)
  const side = low > threshold ? 'above' : high < threshold ? 'below' : 'open'
  const finds = findsFrom(values, threshold)
  const needs = side === 'open' ? imagesToDecideMean(values, threshold) : undefined
  return {
    mean,
    low,
    high,
    side,
    ...(finds !== undefined && { finds }),
    ...(needs !== undefined && { needs }),
  }
}

/** What limits a verdict on so many images. */
export function limitsOf(images: number, needs: number | undefined): string[] {
  return [
    ...(images < ENOUGH_IMAGES ? ['preliminary'] : []),
    ...(needs === undefined ? [] : [`about ${needs} images would decide`]),
  ]
}

/** By how much values in [0, 1] exceed those of another map on the images that have both. */
export function pairedDifferences(own: ByImage, other: ByImage): number[] {
  return [...own].flatMap(([image, value]) => {
    const beside = other.get(image)
    return beside === undefined ? [] : [value - beside]
  })
}

/** The mean of differences in [−1, 1] with its 95 % interval. */
export function meanDifference(differences: readonly number[]): Pick<Measurement, 'value' | 'interval'> {
  const { mean, low, high } = meanInUnit(differences.map((difference) => (difference + 1) / 2))
  return { value: 2 * mean - 1, interval: [2 * low - 1, 2 * high - 1] }
}
