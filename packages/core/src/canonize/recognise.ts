import type { OpName } from '../graph/operators.ts'
import { dependsOnInput } from '../graph/reach.ts'
import type { Node, Value } from '../graph/value.ts'
import { importPasses } from '../passes/passes.ts'
import type { Recognised } from './recognised.ts'

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

/** What the model computes at a node, if that has a name and is written as several operators: the largest such region. */
export function recognise(node: Node): Recognised | undefined {
  const root = node.outputs[0] as Value
  if (whole.has(node.op) || root.dtype !== 'float32' || !dependsOnInput(root)) return undefined
  for (const { rewrite } of importPasses) {
    const found = rewrite(root)
    if (found) return found
  }
  return undefined
}
