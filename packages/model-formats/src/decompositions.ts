import type { Ops, Value } from '@saliency/core'

/** SELU's constants (Klambauer et al. 2017, equation 14). */
export const selu: Readonly<{ alpha: number; gamma: number }> = {
  alpha: 1.6732632423543772,
  gamma: 1.0507009873554805,
}

/** (x − mean)/√(variance + epsilon) over some axes. */
export function standardize(ops: Ops, x: Value, axes: readonly number[], epsilon: number): Value {
  const centred = ops.sub(x, ops.reduceMean(x, { axes }))
  const variance = ops.reduceMean(ops.mul(centred, centred), { axes })
  return ops.div(centred, ops.sqrt(ops.add(variance, epsilon)))
}
