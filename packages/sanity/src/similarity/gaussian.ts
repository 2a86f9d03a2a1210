/** Weights of a Gaussian cut at `radius` pixels, sum 1. */
export function gaussianWeights(sigma: number, radius: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  )
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/**
 * Separable filter, only where the window lies inside the map (no padding).
 * @param data `[height, width]`
 * @returns `[height - 2 radius, width - 2 radius]`
 */
export function filterInside(
  data: ArrayLike<number>,
  height: number,
  width: number,
  weights: Float64Array,
): Float64Array {
  const innerWidth = width - weights.length + 1
  const innerHeight = height - weights.length + 1
  const rows = new Float64Array(height * innerWidth)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < innerWidth; x++) {
      let sum = 0
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * data[y * width + x + k]!
      rows[y * innerWidth + x] = sum
    }
  }
  const result = new Float64Array(innerHeight * innerWidth)
  for (let k = 0; k < weights.length; k++) {
    const weight = weights[k]!
    const offset = k * innerWidth
    for (let i = 0; i < result.length; i++) result[i]! += weight * rows[i + offset]!
  }
  return result
}
