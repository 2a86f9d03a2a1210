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
  let low = Infinity
  let high = -Infinity
  // Stays zero unless a value is not finite: asking each of them would take longer than everything else here.
  let zero = 0
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!
    zero += value - value
    if (value < low) low = value
    if (value > high) high = value
  }
  return zero !== 0 || !(high - low > FLAT * Math.max(Math.abs(low), Math.abs(high)))
}

/** The map of magnitudes |v|: of a signed channel sum this is "abs-of-sum", which is not "sum-of-abs". */
export function absolute(plane: Plane): Plane {
  const data = new Float32Array(plane.data.length)
  for (let i = 0; i < data.length; i++) data[i] = Math.abs(plane.data[i]!)
  return { ...plane, data }
}
