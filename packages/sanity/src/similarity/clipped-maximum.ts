import { neighbours } from './quantile.ts'

/** The largest of some values; 0 for none. */
function largest(values: Float32Array): number {
  let result = 0
  for (let i = 0; i < values.length; i++) if (values[i]! > result) result = values[i]!
  return result
}

/**
 * A map divided by the q-quantile of its magnitudes and clipped to [-1, 1]; zero stays zero and no sign changes.
 * Where that quantile is 0 (a sparse map) the largest magnitude is used.
 */
export function clippedMaximum(data: Float32Array, q: number): Float32Array {
  const magnitudes = new Float32Array(data.length)
  for (let i = 0; i < data.length; i++) magnitudes[i] = Math.abs(data[i]!)
  const position = q * (magnitudes.length - 1)
  const low = Math.floor(position)
  const [lower, upper] = neighbours(magnitudes, low)
  const scale = lower + (upper - lower) * (position - low) || largest(magnitudes) || 1
  for (let i = 0; i < data.length; i++) {
    const value = data[i]! / scale
    magnitudes[i] = value > 1 ? 1 : value < -1 ? -1 : value
  }
  return magnitudes
}
