import { ancestors, dataInputs } from '../graph/reach.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'
import { type Axis, isGrid, tokensOf } from './axis.ts'

const holdsPlaces = (axes: readonly Axis[] | undefined) =>
  axes?.some((axis) => tokensOf(axis) ?? axis.some(isGrid)) ?? false

/** Whether a node picks tokens of which none is a place of the image. */
function leavesOutPlaces(node: Node, axes: ReadonlyMap<Node, readonly Axis[]>): boolean {
  const before = axes.get((node.inputs[0] as Value).node)
  const isPicking = isNode(node, 'Slice') || isNode(node, 'Gather')
  return isPicking && (before?.some(tokensOf) ?? false) && !holdsPlaces(axes.get(node))
}

/** Whether anything of the places in `value` comes to the logits; not where a class token alone is read. */
export function readsPlaces(value: Value, logits: Value, axes: ReadonlyMap<Node, readonly Axis[]>): boolean {
  const carrying = new Set<Node>([value.node])
  for (const node of ancestors([logits])) {
    const reads = dataInputs(node).some((input) => carrying.has(input.value.node))
    if (reads && !leavesOutPlaces(node, axes)) carrying.add(node)
  }
  return carrying.has(logits.node)
}
