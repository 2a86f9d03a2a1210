import { isNode, madeBy, type Node, type OpName, type Value } from '@saliency/core'

/** How a step computes: its operator alone, or a pattern of several that TensorFlow.js does faster at once. */
export type Form = 'plain' | 'activated' | 'step' | 'finite-comparison'

/** A node, or a pattern named after one of its nodes, with what it reads and makes. */
export interface Unit {
  readonly form: Form
  readonly node: Node
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
}

const isZero = (value: Value | undefined) => {
  if (!value) return false
  const constant = madeBy(value, 'Constant')
  if (constant) return constant.attributes.data.every((item) => item === 0)
  return madeBy(value, 'Fill')?.attributes.value === 0
}

/** Comparisons that a step of the difference can replace. */
const comparisons = new Set<OpName>(['Greater', 'GreaterOrEqual', 'Less'])

/** Operators that may make infinities out of ordinary numbers, which a product with a zero mask would keep. */
const overflowing = new Set<OpName>(['Div', 'Reciprocal', 'Log', 'Pow', 'Exp', 'Sqrt'])

/** The nodes whose results are finite wherever inputs and weights are. */
function finiteNodes(nodes: readonly Node[], constant: ReadonlySet<Node>): Set<Node> {
  const finite = new Set<Node>(constant)
  for (const node of nodes) {
    const isSafe =
      !overflowing.has(node.op) || (node.op === 'Div' && node.inputs[1] && madeBy(node.inputs[1], 'Constant'))
    if (isSafe && node.inputs.every((value) => finite.has(value.node))) finite.add(node)
  }
  return finite
}

/** A ReLU that is the only reader of a convolution. */
function activated(node: Node, readers: ReadonlyMap<Value, number>): Unit | undefined {
  const [x] = node.inputs
  if (node.op !== 'Relu' || !x || !isNode(x.node, 'Conv') || readers.get(x) !== 1) return undefined
  return { form: 'activated', node: x.node, inputs: x.node.inputs, outputs: node.outputs }
}

/** A comparison of finite numbers as 0 and 1: the mask of every ReLU's way back. Reads one operand where the other is 0. */
function step(node: Node, finite: ReadonlySet<Node>): Unit | undefined {
  const compared = isNode(node, 'Cast') && node.attributes.to === 'float32' && node.inputs[0]?.node
  if (!compared || !comparisons.has(compared.op)) return undefined
  const { inputs } = compared
  if (!inputs.every((value) => value.dtype === 'float32' && finite.has(value.node))) return undefined
  const [a, limit] = inputs as readonly [Value, Value]
  return { form: 'step', node: compared, inputs: isZero(limit) ? [a] : [a, limit], outputs: node.outputs }
}

/** A comparison of finite numbers, which may take the sign of their difference. */
function comparison(node: Node, finite: ReadonlySet<Node>): Unit | undefined {
  if (node.op !== 'Greater' && node.op !== 'Less') return undefined
  if (!node.inputs.every((value) => value.dtype === 'float32' && finite.has(value.node))) return undefined
  return { form: 'finite-comparison', node, inputs: node.inputs, outputs: node.outputs }
}

/** Drops what nothing reads any more. */
function alive(units: readonly Unit[], outputs: ReadonlySet<Value>): Unit[] {
  const wanted = new Set(outputs)
  const kept = units.toReversed().filter((unit) => {
    if (!unit.outputs.some((value) => wanted.has(value))) return false
    for (const value of unit.inputs) wanted.add(value)
    return true
  })
  return kept.toReversed()
}

/** Finds the patterns among nodes in order; `outputs` are read from outside. */
export function fuse(
  nodes: readonly Node[],
  constant: ReadonlySet<Node>,
  outputs: ReadonlySet<Value>,
): Unit[] {
  const readers = new Map<Value, number>()
  for (const value of [...outputs, ...nodes.flatMap((node) => [...new Set(node.inputs)])]) {
    readers.set(value, (readers.get(value) ?? 0) + 1)
  }
  const finite = finiteNodes(nodes, constant)
  const units = nodes.map(
    (node): Unit =>
      activated(node, readers) ??
      step(node, finite) ??
      comparison(node, finite) ?? { form: 'plain', node, inputs: node.inputs, outputs: node.outputs },
  )
  return alive(units, outputs)
}
