import type { OpName } from '../graph/operators.ts'
import type { Ops } from '../graph/ops.ts'
import { dependsOnInput } from '../graph/reach.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'
import { activationOf } from './activations.ts'
import { normOf } from './norms.ts'
import type { Noun } from './nouns.ts'
import { regionsOf, type Region } from './region.ts'

/** A region of the model that computes what one name stands for. */
export interface Recognised {
  readonly region: Region
  /** ONNX's name for it. */
  readonly kind: string
  /** Roles of the parameters among {@link Region.parameters}. */
  readonly roles: readonly ('slope' | 'gamma' | 'beta')[]
  build(ops: Ops, base: Value, parameters: readonly Value[]): Value
}

/** Activations that stand for themselves: nothing in front of them belongs to them. */
const whole = new Set<OpName>([
  'Relu',
  'LeakyRelu',
  'PRelu',
  'Elu',
  'Selu',
  'Softplus',
  'Softsign',
  'Sigmoid',
  'Tanh',
  'HardSigmoid',
  'HardSwish',
  'Mish',
  'Gelu',
  'Swish',
])
const affine = new Set<OpName>(['Add', 'Sub', 'Mul', 'Div', 'Neg'])

/** Whether a region may be replaced by a noun: neither is it that already, nor does it join two activations of the model. */
function isSpelling({ nodes, root }: Region, { op, factor }: Noun): boolean {
  // The operator itself, or with a factor behind it.
  if (nodes.some((node) => node.op === op) && (factor !== 1 || nodes.length === 1)) return false
  const isBounded = isNode(root.node, 'Clip') && root.node.attributes.minimum > -Infinity
  if (!isBounded) return true
  // A clip is a rectifier of its own, but for one that ends a hard sigmoid.
  return op === 'HardSigmoid' && nodes.slice(0, -1).every((node) => affine.has(node.op))
}

function activationAt(root: Value): Recognised | undefined {
  let found: Recognised | undefined
  for (const region of regionsOf(root)) {
    const noun = activationOf(region)
    if (!noun || !isSpelling(region, noun)) continue
    const build: Recognised['build'] = (ops, base, [parameter]) => noun.build(ops, base, parameter as Value)
    found = { region, kind: noun.op, roles: region.parameters.map(() => 'slope'), build }
  }
  return found
}

function normAt(root: Value): Recognised | undefined {
  let found: Recognised | undefined
  for (const region of regionsOf(root, 'reducing')) {
    const norm = normOf(region)
    if (norm) found = { region, kind: norm.kind, roles: norm.roles, build: norm.build }
  }
  return found
}

/** What the model computes at a node, if that has a name and is written as several operators: the largest such region. */
export function recognise(node: Node): Recognised | undefined {
  const root = node.outputs[0] as Value
  if (whole.has(node.op) || root.dtype !== 'float32' || !dependsOnInput(root)) return undefined
  return activationAt(root) ?? normAt(root)
}
