import type { Ops, Value } from '@saliency/core'

/** SELU's constants (Klambauer et al. 2017, equation 14). */
export const selu: Readonly<{ alpha: number; gamma: number }> = {
  alpha: 1.6732632423543772,
  gamma: 1.0507009873554805,
}

/** x · ½(1 + erf(x/√2)) (Hendrycks & Gimpel 2016, section 2). */
export function gelu(ops: Ops, x: Value): Value {
  return ops.mul(ops.mul(x, 0.5), ops.add(ops.erf(ops.div(x, Math.SQRT2)), 1))
}

/** GELU's approximation by tanh (the same section). */
export function geluByTanh(ops: Ops, x: Value): Value {
  const inner = ops.mul(ops.add(x, ops.mul(ops.mul(x, ops.mul(x, x)), 0.044715)), Math.sqrt(2 / Math.PI))
  return ops.mul(ops.mul(x, 0.5), ops.add(ops.tanh(inner), 1))
}

/** x · sigmoid(x) (Ramachandran et al. 2017). */
export function silu(ops: Ops, x: Value): Value {
  return ops.mul(x, ops.sigmoid(x))
}

/** x · tanh(softplus(x)) (Misra 2019, equation 1). */
export function mish(ops: Ops, x: Value): Value {
  return ops.mul(x, ops.tanh(ops.softplus(x)))
}

/** x · relu6(x + 3)/6 (Howard et al. 2019, section 5.2). */
export function hardSwish(ops: Ops, x: Value): Value {
  return ops.mul(x, ops.hardSigmoid(x, 1 / 6, 0.5))
}

/** (x − mean)/√(variance + epsilon) over some axes. */
export function standardize(ops: Ops, x: Value, axes: readonly number[], epsilon: number): Value {
  const centred = ops.sub(x, ops.reduceMean(x, { axes }))
  const variance = ops.reduceMean(ops.mul(centred, centred), { axes })
  return ops.div(centred, ops.sqrt(ops.add(variance, epsilon)))
}
