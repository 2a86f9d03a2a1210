import type { Ops, Value } from '@saliency/core'

/** How denominators are kept from zero: z + ε sign(z), with sign(0) = 1, or ε only where z is exactly 0 (iNNvestigate). */
export type Denominators = 'signed' | 'zero-only'

/** R / z with a stabilised z. Without an ε, what arrives where z = 0 is dropped: no input accounts for it. */
export function divide(
  ops: Ops,
  signal: Value,
  z: Value,
  epsilon: number,
  denominators: Denominators,
): Value {
  if (epsilon === 0) {
    const isZero = ops.equal(z, 0)
    return ops.div(ops.where(isZero, 0, signal), ops.where(isZero, 1, z))
  }
  return ops.div(signal, stabilized(ops, z, epsilon, denominators))
}

function stabilized(ops: Ops, z: Value, epsilon: number, denominators: Denominators): Value {
  if (denominators === 'zero-only') return ops.where(ops.equal(z, 0), epsilon, z)
  if (z.sign === 'nonnegative' || z.sign === 'zero') return ops.add(z, epsilon)
  // Where a sum of non-positive parts is zero, so is each part, and the sign of ε does not matter.
  if (z.sign === 'nonpositive') return ops.sub(z, epsilon)
  return ops.add(z, ops.where(ops.less(z, 0), -epsilon, epsilon))
}
