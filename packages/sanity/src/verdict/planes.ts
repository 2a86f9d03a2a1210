import type { GroupMaps } from '@saliency/core'
import type { Plane } from '../similarity/plane.ts'

/** How channels become one: the signed sum (judged), the sum of magnitudes, or the value of the largest magnitude. */
export const reductions = ['sum', 'sum-of-abs', 'max-abs'] as const
/** Name of a reduction. */
export type Reduction = (typeof reductions)[number]

/** In words, for protocols. */
export const reductionNames: Readonly<Record<Reduction, string>> = {
  sum: 'signed channel sum',
  'sum-of-abs': 'sum over channels of magnitudes',
  'max-abs': 'signed value of the channel with the largest magnitude',
}

/** Two values of one pixel, from two channels, as one. */
function combine(reduction: Reduction, a: number, b: number): number {
  if (reduction === 'sum') return a + b
  if (reduction === 'sum-of-abs') return a + Math.abs(b)
  return Math.abs(b) > Math.abs(a) ? b : a
}

/**
 * The maps of a group, `[n, c, h, w]`, as planes `[h, w]`: views where they have one channel already, else channels reduced.
 */
export function planesOf({ data, shape }: GroupMaps, reduction: Reduction = 'sum'): Plane[] {
  const [images, channels, height, width] = shape
  const size = height * width
  return Array.from({ length: images }, (_, image) => {
    const start = image * channels * size
    const first = data.subarray(start, start + size)
    if (channels === 1 && reduction !== 'sum-of-abs') return { data: first, height, width }
    const reduced = reduction === 'sum-of-abs' ? first.map(Math.abs) : first.slice()
    for (let at = size; at < channels * size; at++) {
      reduced[at % size] = combine(reduction, reduced[at % size]!, data[start + at]!)
    }
    return { data: reduced, height, width }
  })
}
