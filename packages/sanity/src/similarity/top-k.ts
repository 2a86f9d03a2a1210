import { isUndefined, type Plane } from './plane.ts'
import type { Similarity } from './similarity.ts'

/** Membership of each pixel in the top k, in [0, 1], and the sum of all memberships (k, to rounding). */
export interface TopPrepared {
  readonly membership: Float32Array
  readonly total: number
}

function common(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.min(a[i]!, b[i]!)
  return sum
}

/**
 * Membership in the `count` largest pixels: 1 above the threshold, and pixels tied at the threshold share what is left,
 * so that the order of pixels in memory decides nothing.
 */
export function topMembership(data: Float32Array, count: number): Float32Array {
  const threshold = data.slice().sort()[data.length - count]!
  let above = 0
  let tied = 0
  for (const value of data) {
    if (value > threshold) above++
    else if (value === threshold) tied++
  }
  const share = (count - above) / tied
  return data.map((value) => (value > threshold ? 1 : value === threshold ? share : 0))
}

/** Share of the top-k pixels that two maps have in common, in [0, 1]; chance is `fraction`. */
export function topIntersection(fraction: number): Similarity<TopPrepared> {
  return {
    id: `top-${Math.round(fraction * 100)}`,
    convention: `share of the ${Math.round(fraction * 100)} % largest pixels in common, ties share their places`,
    prepare({ data }: Plane) {
      if (isUndefined(data)) return undefined
      const membership = topMembership(data, Math.max(1, Math.round(fraction * data.length)))
      return { membership, total: common(membership, membership) }
    },
    compare: (a, b) => common(a.membership, b.membership) / Math.sqrt(a.total * b.total),
  }
}
