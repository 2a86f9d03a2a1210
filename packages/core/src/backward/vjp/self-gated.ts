import type { Derivative } from './vjp.ts'

/*
 * Derivatives of activations x · gate(x). They depend on the input alone, so all backward passes share one factor.
 */

/** s + α x s (1 − s), with s = sigmoid(α x). */
export const swishSlope =
  (alpha: number): Derivative =>
  ({ ops, x, y }) => {
    const gate = ops.sigmoid(alpha === 1 ? x : ops.mul(x, alpha))
    const rest = ops.mul(y, ops.sub(1, gate))
    return ops.add(gate, alpha === 1 ? rest : ops.mul(rest, alpha))
  }

/** h + x/6 where the gate h = max(0, min(1, x/6 + ½)) is half open, else h. */
export const hardSwishSlope: Derivative = ({ ops, x }) => {
  const gate = ops.hardSigmoid(x, 1 / 6, 0.5)
  const isHalfOpen = ops.cast(ops.and(ops.greater(x, -3), ops.less(x, 3)), 'float32')
  return ops.add(gate, ops.mul(ops.mul(isHalfOpen, 1 / 6), x))
}

/** t + x (1 − t²) sigmoid(x), with t = tanh(softplus(x)). */
export const mishSlope: Derivative = ({ ops, x }) => {
  const gate = ops.tanh(ops.softplus(x))
  return ops.add(gate, ops.mul(ops.mul(x, ops.sigmoid(x)), ops.sub(1, ops.mul(gate, gate))))
}

/** Φ(x) + x φ(x), with the normal distribution Φ and its density φ. */
export const geluSlope: Derivative = ({ ops, x }) => {
  const distribution = ops.add(ops.mul(ops.erf(ops.div(x, Math.SQRT2)), 0.5), 0.5)
  const density = ops.mul(ops.exp(ops.mul(ops.mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI))
  return ops.add(distribution, ops.mul(x, density))
}

/** ½ (1 + t) + ½ x (1 − t²) u′, with t = tanh(u) and u = √(2/π) (x + 0.044715 x³). */
export const geluByTanhSlope: Derivative = ({ ops, x }) => {
  const factor = Math.sqrt(2 / Math.PI)
  const square = ops.mul(x, x)
  const inner = ops.mul(x, ops.add(ops.mul(square, 0.044715 * factor), factor))
  const slope = ops.add(ops.mul(square, 3 * 0.044715 * factor), factor)
  const t = ops.tanh(inner)
  const rest = ops.mul(ops.mul(ops.mul(x, slope), ops.sub(1, ops.mul(t, t))), 0.5)
  return ops.add(ops.add(ops.mul(t, 0.5), 0.5), rest)
}
