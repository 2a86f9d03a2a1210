/**
 * Entropy in nats of a histogram of a map's values over its own range.
 * @param bins 100 in the notebooks of Hedström et al.
 */
export function histogramEntropy(data: Float32Array, bins: number): number {
  let low = Infinity
  let high = -Infinity
  for (const value of data) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const counts = new Uint32Array(bins)
  for (const value of data)
    counts[Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins))]! += 1
  let entropy = 0
  for (const count of counts) {
    if (count > 0) entropy -= (count / data.length) * Math.log(count / data.length)
  }
  return entropy
}
