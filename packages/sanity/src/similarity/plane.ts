import { extentOf } from './kernels.ts'

/** A map of one channel at its native resolution, rows first: `data[y * width + x]`. */
export interface Plane {
  readonly data: Float32Array
  readonly height: number
  readonly width: number
}

/** Below this share of the largest magnitude, differences between pixels are rounding, not a map. */
const FLAT = 1e-6

/** Why a map cannot be compared with anything, or undefined if it can. */
export function whyUndefined(data: Float32Array): 'not finite' | 'constant' | undefined {
  if (!isUndefined(data)) return undefined
  return data.every(Number.isFinite) ? 'constant' : 'not finite'
}

/** True if a map cannot be compared with anything: a value that is not finite, or (to rounding) the same value everywhere. */
export function isUndefined(data: Float32Array): boolean {
  const { low, high } = extentOf(data)
  // False for what is not finite, too: NaN is larger than nothing, and an infinite range than no infinite magnitude.
  return !(high - low > FLAT * Math.max(Math.abs(low), Math.abs(high)))
}

/** What a convention says of a similarity on magnitudes. */
export const ON_ABSOLUTE = 'on absolute values of the one-channel map (abs-of-sum)'

/** The map of magnitudes |v|: of a signed channel sum this is "abs-of-sum", which is not "sum-of-abs". */
export function absolute(plane: Plane): Plane {
  const data = new Float32Array(plane.data.length)
  for (let i = 0; i < data.length; i++) data[i] = Math.abs(plane.data[i]!)
  return { ...plane, data }
}
