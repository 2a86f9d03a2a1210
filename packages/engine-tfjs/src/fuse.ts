import { isNode, madeBy, type Node, type OpName, type Value } from '@saliency/core'

/** How a step computes: its operator alone, or a pattern of several that TensorFlow.js does faster at once. */
export type Form = 'plain' | 'activated' | 'gate' | 'finite-comparison' | 'max-pool-gradient'

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

/** `where(y > limit, signal, 0)`, every ReLU's way back, as a product with a step: reads `y`, the signal, and the limit unless it is 0. */
function gate(node: Node, finite: ReadonlySet<Node>): Unit | undefined {
  const [condition, signal, other] = node.inputs
  if (node.op !== 'Where' || !condition || !signal || !isZero(other) || !finite.has(signal.node))
    return undefined
  const [y, limit] = madeBy(condition, 'Greater')?.inputs ?? []
  if (!y || !limit || !finite.has(y.node) || !finite.has(limit.node)) return undefined
  return {
    form: 'gate',
    node,
    inputs: isZero(limit) ? [y, signal] : [y, signal, limit],
    outputs: node.outputs,
  }
}

/** A comparison of finite numbers, which may take the sign of their difference. */
function comparison(node: Node, finite: ReadonlySet<Node>): Unit | undefined {
  if (node.op !== 'Greater' && node.op !== 'Less') return undefined
  if (!node.inputs.every((value) => value.dtype === 'float32' && finite.has(value.node))) return undefined
  return { form: 'finite-comparison', node, inputs: node.inputs, outputs: node.outputs }
}

/** Max-pooling's way back where windows are disjoint and cover the image: no positions, no scattering. */
function maxPoolGradient(node: Node, finite: ReadonlySet<Node>): Unit | undefined {
  const scatter =
    node.op === 'Reshape' && node.inputs[0] ? madeBy(node.inputs[0], 'ScatterElements') : undefined
  const [zeros, indices, updates] = scatter?.inputs ?? []
  const position = indices && madeBy(indices, 'Reshape')?.inputs[0]
  const signal = updates && madeBy(updates, 'Reshape')?.inputs[0]
  const pool = position && position.slot === 1 ? madeBy(position, 'MaxPool') : undefined
  const [x] = pool?.inputs ?? []
  const [y] = pool?.outputs ?? []
  if (!x || !y || !pool || !signal || !isZero(zeros) || zeros?.shape.length !== 1 || !finite.has(signal.node))
    return undefined
  const { kernel, strides, pads, dilations } = pool.attributes
  const isDisjoint = ([0, 1] as const).every(
    (axis) =>
      kernel[axis] === strides[axis] &&
      dilations[axis] === 1 &&
      Number(y.shape[axis + 2]) * strides[axis] === x.shape[axis + 2],
  )
  const isWhole = isDisjoint && pads.every((pad) => pad === 0) && signal.shape.join() === y.shape.join()
  if (!isWhole || node.outputs[0]?.shape.join() !== x.shape.join()) return undefined
  return { form: 'max-pool-gradient', node: pool, inputs: [x, y, signal], outputs: node.outputs }
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
      gate(node, finite) ??
      comparison(node, finite) ??
      maxPoolGradient(node, finite) ?? { form: 'plain', node, inputs: node.inputs, outputs: node.outputs },
  )
  return alive(units, outputs)
}
