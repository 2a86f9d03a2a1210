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
  const isZero = () => ops.cast(ops.equal(z, 0), 'float32')
  if (epsilon === 0) return ops.div(ops.mul(signal, ops.sub(1, isZero())), ops.add(z, isZero()))
  if (denominators === 'zero-only') return ops.div(signal, ops.add(z, ops.mul(isZero(), epsilon)))
  const own = rectifiedBy(signal, z) ?? z
  const other = factorOf(signal, own)
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

/** Signals that were routed, as by a maximum, and what they are zero with: a fact about values, whoever asks. */
const routed = new WeakMap<Value, Value>()

/** Values that a signal is a multiple of, element by element: it is zero where they are. */
function* multiplied(signal: Value): Iterable<Value> {
  const { node } = signal
  const origin = routed.get(signal)
  if (origin) yield origin
  if (node.op === 'Mul') yield* node.inputs
  if (node.op !== 'Add') return
  const [first, second] = node.inputs.map((term) => new Set(multiplied(term)))
  for (const value of first ?? []) if (second?.has(value)) yield value
}

/** Notes that a signal keeps to its input when what arrived at the output, copies of the input, kept to that. */
export function noteRoute(arrived: Value, output: Value, signal: Value, input: Value): void {
  for (const value of multiplied(arrived)) if (value === output) routed.set(signal, input)
}

/**
 * ReLU(z), where the signal is known to be a multiple of it: relevance that came down to a ReLU's output by its share is
 * zero where the output is, so the negative half of z divides nothing, and the model's own ReLU can stand in for z.
 */
export function rectifiedBy(signal: Value, z: Value): Value | undefined {
  for (const value of multiplied(signal))
    if (value.node.op === 'Relu' && value.node.inputs[0] === z) return value
  return undefined
}
