import { createRandom } from '@saliency/core'
import { resampleCrossed, type Resamples } from '../statistics/resample.ts'

/** Gives the resamples for a number of images and draws; the same ones each time, so that comparisons are paired. */
export type Resampling = (images: number, draws: number) => Resamples

/** Keyed by sizes alone, so that a report drawn again from stored rows has the same intervals. */
export function createResampling(count: number): Resampling {
  const known = new Map<string, Resamples>()
  return (images, draws) => {
    const key = `${images} ${draws}`
    const found = known.get(key)
    if (found) return found
    const random = createRandom('verdict', 'bootstrap', images, draws)
    const fresh = resampleCrossed({ images, draws, count, random })
    known.set(key, fresh)
    return fresh
  }
}
