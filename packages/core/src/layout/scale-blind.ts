import { reducedAxes } from '../canonize/region.ts'
import type { OpName } from '../graph/operators.ts'
import { dataInputs } from '../graph/reach.ts'
import type { Node, Value } from '../graph/value.ts'
import { recognisedNorms } from '../passes/recognised-norms.ts'
import type { Axis } from './axis.ts'
import type { ReadOut } from './read-out.ts'

const arranging = new Set<OpName>(['Reshape', 'Transpose'])
const reducing = new Set<OpName>(['ReduceMean', 'ReduceSum'])

/** The nodes of norms that run over features, at each place by itself. */
function insideOfNorms(nodes: readonly Node[], axes: ReadonlyMap<Node, readonly Axis[]>): ReadonlySet<Node> {
  const inside = new Set<Node>()
  const behind = nodes.filter(({ op }) => op === 'Div' || op === 'Mul' || op === 'Add')
  // A norm ends a few operators behind its quotient; what ends one is looked at where a reduction is in the same layer.
  const normed = new Set(
    nodes.flatMap(({ op, layer }) => (reducing.has(op) && layer !== undefined ? [layer] : [])),
  )
  for (const node of behind) {
    if (node.layer === undefined || !normed.has(node.layer)) continue
    const region = recognisedNorms.rewrite(node.outputs[0] as Value)?.region
    const own = region && axes.get(region.base.node)
    const overFeatures =
      region && reducedAxes(region)?.every((axis) => own?.[axis]?.every(({ of }) => of === 'features'))
    if (overFeatures) for (const each of region.nodes) inside.add(each)
  }
  return inside
}

/**
 * The nodes that norms over features alone read. Those do not see how long a place's vector is, so that Σ x · ∂y/∂x is zero
 * there at every place: activation times gradient shows nothing but rounding.
 * @param readOut what brings places to the logits; what else reads a value does not count
 */
export function scaleBlindNodes(
  nodes: readonly Node[],
  axes: ReadonlyMap<Node, readonly Axis[]>,
  { reads }: ReadOut,
): ReadonlySet<Node> {
  const inside = insideOfNorms(nodes, axes)
  const readers = new Map<Node, Node[]>()
  for (const node of nodes.filter(reads))
    for (const { value } of dataInputs(node))
      readers.set(value.node, [...(readers.get(value.node) ?? []), node])
  const blind = new Set<Node>()
  for (const node of nodes.toReversed()) {
    const own = readers.get(node) ?? []
    const isBlind = (reader: Node) => inside.has(reader) || (arranging.has(reader.op) && blind.has(reader))
    if (own.length > 0 && own.every(isBlind)) blind.add(node)
  }
  return blind
}
