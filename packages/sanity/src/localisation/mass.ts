import type { Measured } from '../metrics/image-rows.ts'
import { noValue } from '../metrics/image-rows.ts'

/** Below this, a total counts as nothing to share. */
const NOTHING = 1e-12

/** Share of the positive relevance that lies in the mask, in [0, 1] (Arras et al. 2022, relevance mass accuracy). */
export function positiveMass(map: Float32Array, mask: Uint8Array): Measured {
  let inside = 0
  let total = 0
  for (let i = 0; i < map.length; i++) {
    const value = Math.max(0, map[i]!)
    total += value
    if (mask[i]) inside += value
  }
  return total > NOTHING ? inside / total : noValue('the map has no positive value')
}

/** Signed relevance in the mask divided by all magnitudes, in [-1, 1]: what lies there, for the class or against it. */
export function signedMass(map: Float32Array, mask: Uint8Array): Measured {
  let inside = 0
  let total = 0
  for (let i = 0; i < map.length; i++) {
    total += Math.abs(map[i]!)
    if (mask[i]) inside += map[i]!
  }
  return total > NOTHING ? inside / total : noValue('the map is zero')
}

/** Share of the k highest pixels that lie in a mask of k pixels, in [0, 1] (Arras et al. 2022, relevance rank accuracy). */
export function rankAccuracy(membership: Float32Array, mask: Uint8Array): number {
  let inside = 0
  let total = 0
  for (let i = 0; i < membership.length; i++) {
    total += membership[i]!
    if (mask[i]) inside += membership[i]!
  }
  return inside / total
}
