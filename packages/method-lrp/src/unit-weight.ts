import type { LinearSite, OpName, Value } from '@saliency/core'

/** Linear operators without weights: each input enters with the same positive factor, in a difference with either sign. */
const unweighted: ReadonlySet<OpName> = new Set([
  'Add',
  'Sub',
  'AveragePool',
  'GlobalAveragePool',
  'ReduceMean',
])

/** The sign with which `x` enters a sum, a difference or a mean; undefined where the operator has weights. */
export function unitWeight({ node, inputs }: LinearSite, x: Value): 1 | -1 | undefined {
  const { op } = node
  if (!unweighted.has(op)) return undefined
  if (op !== 'Sub') return 1
  return x === (inputs.length === 2 ? inputs[0] : node.inputs[0]) ? 1 : -1
}
