import type { LinearSite, Model, Node, Value } from '@saliency/core'
import { isConstant } from './gate.ts'
import { isProduct } from './kinds.ts'
import { treatments } from './operators.ts'

/** What an operator reads that is no signal and takes its share: a layer's bias, a summand, a piece of a concatenation. */
export function constantsOf({ node, linear }: LinearSite): readonly Value[] {
  const treatment = treatments[node.op]
  if (treatment === 'kernel' || treatment === 'norm') {
    const { bias } = isProduct(node) ? {} : linear()
    return bias ? [bias] : []
  }
  const isShared = treatment === 'share' || treatment === 'route' || treatment === 'winner'
  return isShared ? node.inputs.filter(isConstant) : []
}

/** What a constant is to a reader: by its shape, and by the operator that it enters. */
function kindOf({ attributes }: Node<'Parameter'>, { op }: Node, { tokens }: Model): string {
  if (attributes.role === 'beta') return 'β'
  if (attributes.shape.filter((dim) => dim !== 1).length < 2 && op !== 'Concat') return 'bias'
  if (!tokens) return 'constant'
  return op === 'Concat' ? 'class token' : 'position embedding'
}

/** Names of the parameters that a constant is computed from, each with what it is: `position embedding 'pos_embed'`. */
export function namesOf(value: Value, reader: Node, model: Model): readonly string[] {
  const { node } = value
  if (node.op !== 'Parameter') return node.inputs.flatMap((input) => namesOf(input, reader, model))
  const parameter = node as Node<'Parameter'>
  return [`${kindOf(parameter, reader, model)} '${parameter.attributes.name}'`]
}
