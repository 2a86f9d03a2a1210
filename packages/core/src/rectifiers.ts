import type { OpName } from './graph/operators.ts'
import { isNode, type Node } from './graph/value.ts'

/**
 * How a rectifier treats the two halves of its input: `switched` computes them by different formulas (ReLU, ELU), `gated` by
 * one smooth formula (GELU, x · sigmoid(x)).
 */
export type RectifierKind = 'switched' | 'gated'

/** Every rectifier of a model with its kind. */
export type Rectifiers = ReadonlyMap<Node, RectifierKind>

const kinds: { readonly [K in OpName]?: RectifierKind } = {
  Relu: 'switched',
  LeakyRelu: 'switched',
  PRelu: 'switched',
  Elu: 'switched',
  Selu: 'switched',
  Clip: 'switched',
  Softplus: 'gated',
  HardSwish: 'gated',
  Mish: 'gated',
  Gelu: 'gated',
  Swish: 'gated',
}

/** A clip from 0 is one (ReLU6), unless what it clips was shifted by a number: clip(x + 3, 0, 6) is a gate. */
function isRectifier(node: Node): boolean {
  if (!isNode(node, 'Clip')) return true
  const before = node.inputs[0]?.node
  const isShifted = before?.op === 'Add' && before.inputs.some((value) => value.node.op === 'Constant')
  return node.attributes.minimum === 0 && !isShifted
}

/** The rectifiers among a model's nodes. */
export function rectifiersOf(nodes: readonly Node[]): Rectifiers {
  const found = new Map<Node, RectifierKind>()
  for (const node of nodes) {
    const kind = kinds[node.op]
    if (kind && isRectifier(node)) found.set(node, kind)
  }
  return found
}

/** Bends a signal, and holds back neither half of it more than the other. */
const bending = new Set<OpName>(['Tanh', 'Sigmoid', 'HardSigmoid', 'Softsign', 'Erf', 'Clip', 'Softmax'])

/**
 * Why a rule for rectifiers says nothing of a model, as the end of a sentence; undefined where one stands in it. A network
 * without any activation is linear: there every such rule rightly gives the gradient.
 */
export function whyNoRectifier(nodes: readonly Node[]): string | undefined {
  if (rectifiersOf(nodes).size > 0) return undefined
  const found = nodes.find(({ op }) => bending.has(op))
  return (
    found &&
    `it has no rectifier (ReLU, GELU, SiLU or their like), only such activations as ${found.op} in layer '${found.layer}'`
  )
}
