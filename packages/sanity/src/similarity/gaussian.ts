/** Weights of a Gaussian cut at `radius` pixels, sum 1. */
export function gaussianWeights(sigma: number, radius: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  )
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** Two passes of eleven weights: `step` apart in the source, one result after the other. */
type Pass = (
  source: Float64Array,
  from: number,
  step: number,
  weights: Float64Array,
  target: Float64Array,
  to: number,
  count: number,
) => void

/** The window of SSIM, written out: the sum stays in a register, in the order of the general loop. */
const passOfEleven: Pass = (source, from, step, weights, target, to, count) => {
  const [w0, w1, w2, w3] = [weights[0]!, weights[1]!, weights[2]!, weights[3]!]
  const [w4, w5, w6, w7] = [weights[4]!, weights[5]!, weights[6]!, weights[7]!]
  const [w8, w9, w10] = [weights[8]!, weights[9]!, weights[10]!]
  for (let i = 0, at = from; i < count; i++, at++) {
    let sum = w0 * source[at]! + w1 * source[at + step]!
    sum += w2 * source[at + 2 * step]!
    sum += w3 * source[at + 3 * step]!
    sum += w4 * source[at + 4 * step]!
    sum += w5 * source[at + 5 * step]!
    sum += w6 * source[at + 6 * step]!
    sum += w7 * source[at + 7 * step]!
    sum += w8 * source[at + 8 * step]!
    sum += w9 * source[at + 9 * step]!
    sum += w10 * source[at + 10 * step]!
    target[to + i] = sum
  }
}

const passOfAny: Pass = (source, from, step, weights, target, to, count) => {
  for (let i = 0; i < count; i++) {
    let sum = 0
    for (let k = 0; k < weights.length; k++) sum += weights[k]! * source[from + i + k * step]!
    target[to + i] = sum
  }
}

let between = new Float64Array(0)

/**
 * Separable filter, only where the window lies inside the map (no padding).
 * @param data `[height, width]`
 * @returns `[height - 2 radius, width - 2 radius]`
 */
export function filterInside(
  data: Float64Array,
  height: number,
  width: number,
  weights: Float64Array,
): Float64Array {
  const innerWidth = width - weights.length + 1
  const innerHeight = height - weights.length + 1
  if (between.length < height * innerWidth) between = new Float64Array(height * innerWidth)
  const rows = between
  const pass = weights.length === 11 ? passOfEleven : passOfAny
  for (let y = 0; y < height; y++) pass(data, y * width, 1, weights, rows, y * innerWidth, innerWidth)
  const result = new Float64Array(innerHeight * innerWidth)
  pass(rows, 0, innerWidth, weights, result, 0, result.length)
  return result
}
