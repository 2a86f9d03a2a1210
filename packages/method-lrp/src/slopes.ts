import type { LinearSite, Node, Ops, Value } from '@saliency/core'

const tanhGate = (x: Value, ops: Ops) =>
  ops.tanh(ops.mul(Math.sqrt(2 / Math.PI), ops.add(x, ops.mul(0.044715, ops.mul(x, ops.mul(x, x))))))

/** gate(x) of the activations x · gate(x), and the mask of a ReLU. */
const gates: { readonly [op: string]: (x: Value, node: Node, ops: Ops) => Value } = {
  // From what it returns, as in the gradient, so that both walks share the mask.
  Relu: (_, node, ops) => ops.cast(ops.greater(node.outputs[0] as Value, 0), 'float32'),
  Swish: (x, node, ops) => ops.sigmoid(ops.mul(x, (node as Node<'Swish'>).attributes.alpha)),
  HardSwish: (x, _, ops) => ops.clip(ops.add(ops.mul(x, 1 / 6), 0.5), 0, 1),
  Mish: (x, _, ops) => ops.tanh(ops.softplus(x)),
  Gelu(x, node, ops) {
    const { approximate } = (node as Node<'Gelu'>).attributes
    const inner = approximate === 'tanh' ? tanhGate(x, ops) : ops.erf(ops.mul(x, Math.SQRT1_2))
    return ops.mul(ops.add(inner, 1), 0.5)
  },
}

/** Activations with f(0) = 0 and a slope there: f(x)/x has no pole. */
const throughZero = new Set<string>([
  'LeakyRelu',
  'PRelu',
  'Elu',
  'Selu',
  'Tanh',
  'Erf',
  'Sin',
  'Softsign',
  'Neg',
])

/** f(x)/x, what an activation multiplies its input by (1 where both are zero); undefined where f(0) is not 0. */
export function slopeOf({ node, inputs, output, ops }: LinearSite): Value | undefined {
  const [x] = inputs as [Value]
  const gate = gates[node.op as string]
  if (gate) return gate(x, node, ops)
  if (!throughZero.has(node.op)) return undefined
  const isZero = ops.cast(ops.equal(x, 0), 'float32')
  return ops.div(ops.add(output, isZero), ops.add(x, isZero))
}
