/** A symmetric positive definite matrix: a diagonal, and off it the negative of `weights`, row by row. */
export interface SparseSystem {
  readonly diagonal: Float64Array
  /** Where each row begins in `columns` and `weights`, and where the last one ends. */
  readonly starts: Uint32Array
  /** Sorted within a row. */
  readonly columns: Uint32Array
  readonly weights: Float64Array
}

/** Over-relaxation of the preconditioner: near 2 for large connected areas, harmless for scattered pixels. */
const RELAXATION = 1.9
/** The residual, as a share of the right side's norm, at which a solution counts as exact: errors below 1e-6. */
const TOLERANCE = 1e-9

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

/** result = A x */
function multiply(system: SparseSystem, x: Float64Array, result: Float64Array): void {
  const { diagonal, starts, columns, weights } = system
  for (let row = 0; row < x.length; row++) {
    let sum = diagonal[row]! * x[row]!
    for (let at = starts[row]!; at < starts[row + 1]!; at++) sum -= weights[at]! * x[columns[at]!]!
    result[row] = sum
  }
}

/**
 * Symmetric successive over-relaxation: one sweep down and one up from zero, as an approximate A⁻¹ r. Without its constant
 * factor, which conjugate gradients do not see.
 */
function precondition(system: SparseSystem, r: Float64Array, result: Float64Array): void {
  const { diagonal, starts, columns, weights } = system
  for (let row = 0; row < r.length; row++) {
    let sum = r[row]!
    for (let at = starts[row]!; at < starts[row + 1]! && columns[at]! < row; at++)
      sum += weights[at]! * result[columns[at]!]!
    result[row] = (RELAXATION * sum) / diagonal[row]!
  }
  for (let row = r.length - 1; row >= 0; row--) {
    let sum = (diagonal[row]! * result[row]!) / RELAXATION
    for (let at = starts[row + 1]! - 1; at >= starts[row]! && columns[at]! > row; at--)
      sum += weights[at]! * result[columns[at]!]!
    result[row] = (RELAXATION * sum) / diagonal[row]!
  }
}

/**
 * Solves A x = `right` by preconditioned conjugate gradients, from zero.
 * @returns undefined where they do not converge, as with values that are not finite
 */
export function solve(system: SparseSystem, right: Float64Array): Float64Array | undefined {
  const size = right.length
  const x = new Float64Array(size)
  const r = Float64Array.from(right)
  const [z, product] = [new Float64Array(size), new Float64Array(size)]
  const bound = TOLERANCE ** 2 * dot(right, right)
  if (!Number.isFinite(bound)) return undefined
  precondition(system, r, z)
  const p = Float64Array.from(z)
  let old = dot(r, z)
  for (let step = 0; step <= 1000 + size && dot(r, r) > bound; step++) {
    multiply(system, p, product)
    const length = old / dot(p, product)
    for (let i = 0; i < size; i++) {
      x[i]! += length * p[i]!
      r[i]! -= length * product[i]!
    }
    precondition(system, r, z)
    const next = dot(r, z)
    for (let i = 0; i < size; i++) p[i] = z[i]! + (next / old) * p[i]!
    old = next
  }
  // The residual that the steps carry along drifts: what counts is that of the solution.
  multiply(system, x, product)
  const residual = right.reduce((sum, value, i) => sum + (value - product[i]!) ** 2, 0)
  return residual <= 4 * bound ? x : undefined
}
