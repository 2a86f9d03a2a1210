import type { Ops, Value } from '@saliency/core'
import type { Routes } from './routes.ts'

/** How denominators are kept from zero: z + ε sign(z), with sign(0) = 1, or ε only where z is exactly 0 (iNNvestigate). */
export type Denominators = 'signed' | 'zero-only'

/** What every division of a walk has in common. */
export interface Division {
  readonly denominators: Denominators
  readonly routes: Routes
}

/**
 * R / z with a stabilised z. Without an ε, R = c z over z is c, the gradient that relevance then stands for; of any other R,
 * what arrives where z = 0 is dropped: no input accounts for it.
 */
export function divide(ops: Ops, signal: Value, z: Value, epsilon: number, walk: Division): Value {
  const { denominators, routes } = walk
  const isZero = () => ops.cast(ops.equal(z, 0), 'float32')
  const own = routes.rectifiedBy(signal, z) ?? z
  const other = factorOf(signal, own)
  if (epsilon === 0) {
    // By the ReLU's output, not by z: that is the mask of the gradient.
    if (other) return own === z ? other : ops.mul(other, ops.cast(ops.greater(own, 0), 'float32'))
    return ops.div(ops.mul(signal, ops.sub(1, isZero())), ops.add(z, isZero()))
  }
  if (denominators === 'zero-only') return ops.div(signal, ops.add(z, ops.mul(isZero(), epsilon)))
  // R = c z gives c · |z| / (|z| + ε) = c / (1 + ε / |z|): no sign to look at, and zero where z is.
  if (other) return ops.div(other, ops.add(ops.div(epsilon, ops.abs(own)), 1))
  return ops.div(signal, stabilized(ops, own, epsilon))
}

function stabilized(ops: Ops, z: Value, epsilon: number): Value {
  if (z.sign === 'nonnegative' || z.sign === 'zero') return ops.add(z, epsilon)
  // Where a sum of non-positive parts is zero, so is each part, and the sign of ε does not matter.
  if (z.sign === 'nonpositive') return ops.sub(z, epsilon)
  // ε · (2 · 1[z ≥ 0] − 1), which costs half of choosing between −ε and ε.
  const isPositive = ops.cast(ops.greaterOrEqual(z, 0), 'float32')
  return ops.add(z, ops.sub(ops.mul(isPositive, 2 * epsilon), epsilon))
}

/** The other factor, where a signal is a product with z itself. */
export function factorOf({ node }: Value, z: Value): Value | undefined {
  if (node.op !== 'Mul') return undefined
  const at = node.inputs.indexOf(z)
  const other = node.inputs[1 - at]
  return at >= 0 && other?.shape.join() === z.shape.join() ? other : undefined
}
