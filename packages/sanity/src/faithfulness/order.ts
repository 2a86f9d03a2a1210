import type { Random } from '@saliency/core'

/**
 * Positions from the largest value to the smallest; ties in random order, because the order of pixels in memory would favour
 * one corner of a sparse map.
 */
export function descending(values: ArrayLike<number>, random: Random): Uint32Array {
  const ties = Float64Array.from({ length: values.length }, () => random.uniform())
  const order = Uint32Array.from({ length: values.length }, (_, i) => i)
  return order.sort((a, b) => values[b]! - values[a]! || ties[a]! - ties[b]!)
}

/** Mean of a map in each segment; `segments[i]` is the segment of pixel i. */
export function segmentMeans(data: Float32Array, segments: Uint32Array, count: number): Float64Array {
  const sums = new Float64Array(count)
  const sizes = new Float64Array(count)
  for (let i = 0; i < data.length; i++) {
    sums[segments[i]!]! += data[i]!
    sizes[segments[i]!]! += 1
  }
  return sums.map((sum, i) => sum / Math.max(1, sizes[i]!))
}

/** Square patches as segments, row by row; patches at the lower and right border may be smaller. */
export function patches(
  height: number,
  width: number,
  side: number,
): { segments: Uint32Array; count: number } {
  const columns = Math.ceil(width / side)
  const segments = Uint32Array.from({ length: height * width }, (_, i) => {
    return Math.floor(Math.floor(i / width) / side) * columns + Math.floor((i % width) / side)
  })
  return { segments, count: columns * Math.ceil(height / side) }
}
