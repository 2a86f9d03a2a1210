/** Values ready for a dot product, with the sum of their squares. */
export interface Prepared {
  readonly values: Float64Array
  readonly squares: number
}

/** Σ aᵢbᵢ. Four running sums, because one chain of additions would wait for its own latency. */
export function dot(a: Float64Array, b: Float64Array): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  const whole = a.length & ~3
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i]! * b[i]!
    s1 += a[i + 1]! * b[i + 1]!
    s2 += a[i + 2]! * b[i + 2]!
    s3 += a[i + 3]! * b[i + 3]!
  }
  for (let i = whole; i < a.length; i++) s0 += a[i]! * b[i]!
  return s0 + s1 + (s2 + s3)
}

/** Subtracts the mean in place and keeps Σ of squares, so that {@link correlation} of two results is Pearson's r. */
export function centre(values: Float64Array): Prepared | undefined {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  const mean = sum / values.length
  for (let i = 0; i < values.length; i++) values[i]! -= mean
  return prepared(values)
}

/** Values with their Σ of squares, not centred; undefined where that sum is zero or not finite. */
export function prepared(values: Float64Array): Prepared | undefined {
  const squares = dot(values, values)
  return squares > 0 && squares < Infinity ? { values, squares } : undefined
}

/**
 * Cosine of the angle between two vectors, in [-1, 1]. Exactly 1 for equal vectors: numerator and squares are the same
 * sum, and the root of a square is exact in IEEE arithmetic.
 */
export function cosineOf(products: number, squaresA: number, squaresB: number): number {
  const value = products / Math.sqrt(squaresA * squaresB)
  return value > 1 ? 1 : value < -1 ? -1 : value
}

/** Cosine of the angle between two prepared vectors, in [-1, 1]. */
export function correlation(a: Prepared, b: Prepared): number {
  return cosineOf(dot(a.values, b.values), a.squares, b.squares)
}
