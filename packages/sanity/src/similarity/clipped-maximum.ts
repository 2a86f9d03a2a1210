/**
 * A map divided by the q-quantile of its magnitudes and clipped to [-1, 1]; zero stays zero and no sign changes.
 * Where that quantile is 0 (a sparse map) the largest magnitude is used.
 */
export function clippedMaximum(data: Float32Array, q: number): Float32Array {
  const magnitudes = data.map(Math.abs).sort()
  const position = q * (magnitudes.length - 1)
  const low = Math.floor(position)
  const lower = magnitudes[low]!
  const upper = magnitudes[Math.min(low + 1, magnitudes.length - 1)]!
  const scale = lower + (upper - lower) * (position - low) || magnitudes.at(-1)! || 1
  return data.map((value) => Math.max(-1, Math.min(1, value / scale)))
}
