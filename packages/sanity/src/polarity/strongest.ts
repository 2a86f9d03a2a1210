import type { Random } from '@saliency/core'

/** One region of a map, and the sign that the map gives it. */
export interface SignedRegion {
  readonly segment: number
  readonly sign: 1 | -1
}

/** The region of the largest value, if that is positive, and the one of the smallest, if that is negative. */
export interface Strongest {
  readonly positive?: SignedRegion
  readonly negative?: SignedRegion
}

/** The strongest region of each sign. @param values the map's mean in each region */
export function strongestOf(values: ArrayLike<number>): Strongest {
  let [high, low] = [0, 0]
  for (let i = 1; i < values.length; i++) {
    if (values[i]! > values[high]!) high = i
    if (values[i]! < values[low]!) low = i
  }
  return {
    ...(values[high]! > 0 && { positive: { segment: high, sign: 1 } as const }),
    ...(values[low]! < 0 && { negative: { segment: low, sign: -1 } as const }),
  }
}

/** The same magnitudes under signs that a fair coin throws. */
export function coinSigned(values: Float64Array, random: Random): Float64Array {
  return values.map((value) => (random.uniform() < 0.5 ? -Math.abs(value) : Math.abs(value)))
}

/**
 * 1 where the logit moves as the sign says once the region is replaced, 0 where it moves the other way, ½ where it stays.
 * @param drop what the logit loses without the region
 */
export function agreement({ sign }: SignedRegion, drop: number): number {
  return drop === 0 ? 0.5 : Number(Math.sign(drop) === sign)
}
