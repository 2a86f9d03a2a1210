import type { OpName } from '../graph/operators.ts'
import { isNode, type Value } from '../graph/value.ts'

const comparisons = new Set<OpName>(['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And'])

/**
 * The same mask, a comparison of a signal with numbers that is cast to numbers, over another signal.
 * @param over the other signal for the one that the mask compares; undefined where there is none
 * @returns undefined where `value` is no such mask, or `over` has nothing
 */
export function maskAnew(value: Value, over: (signal: Value) => Value | undefined): Value | undefined {
  const { node, graph } = value
  const anew = (part: Value): Value | undefined => {
    if (part.shape.length === 0) return part
    const { op, inputs, attributes, layer } = part.node
    if (layer !== undefined || !comparisons.has(op)) return over(part)
    const remade = inputs.map(anew)
    return remade.every((input) => input !== undefined) ? graph.build(op, remade, attributes)[0] : undefined
  }
  const [compared] = node.inputs
  if (!isNode(node, 'Cast') || node.layer !== undefined || !compared || !comparisons.has(compared.node.op))
    return undefined
  const remade = anew(compared)
  return remade && graph.ops.cast(remade, node.attributes.to)
}
