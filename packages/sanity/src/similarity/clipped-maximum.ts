import { COUNTS, extentOf, kernels, placing } from './kernels.ts'

/** Where a map of so many values, and what becomes of it, lies in the loops' memory. */
function workplace(data: Float32Array) {
  const places = placing()
  const values = places.take(4 * data.length)
  const target = places.take(4 * data.length)
  const space = places.take(COUNTS + 16 * data.length)
  const { memory, ...loops } = kernels(places.end)
  new Float32Array(memory.buffer, values, data.length).set(data)
  const result = (length: number) => new Float32Array(memory.buffer, target, length)
  return { ...loops, values, target, space, result }
}

/**
 * The `index`-th smallest magnitude (from 0) of finite values, and the one after it (itself where it is the last).
 */
export function neighbours(data: Float32Array, index: number): readonly [number, number] {
  const { values, target, space, result, ...loops } = workplace(data)
  loops.neighbours(values, data.length, index, space, target)
  const [own, next] = result(2)
  return [own!, next!]
}

/** The largest magnitude. */
function largest(data: Float32Array): number {
  const { low, high } = extentOf(data)
  return Math.max(-low, high)
}

/**
 * A map divided by the q-quantile of its magnitudes and clipped to [-1, 1]; zero stays zero and no sign changes.
 * Where that quantile is 0 (a sparse map) the largest magnitude is used.
 */
export function clippedMaximum(data: Float32Array, q: number): Float32Array {
  const position = q * (data.length - 1)
  const low = Math.floor(position)
  const [lower, upper] = neighbours(data, low)
  const scale = lower + (upper - lower) * (position - low) || largest(data) || 1
  const { values, target, clip, result } = workplace(data)
  clip(values, data.length, scale, target)
  return result(data.length).slice()
}
