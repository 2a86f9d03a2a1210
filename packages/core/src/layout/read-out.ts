import { dataInputs } from '../graph/reach.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'
import { type Axis, isGrid, tokensOf } from './axis.ts'

type AxesOf = ReadonlyMap<Node, readonly Axis[]>

const holdsPlaces = (axes: readonly Axis[] | undefined) =>
  axes?.some((axis) => tokensOf(axis) ?? axis.some(isGrid)) ?? false

/** Whether a node picks tokens of which none is a place of the image. */
function leavesOutPlaces(node: Node, axes: AxesOf): boolean {
  if (!isNode(node, 'Slice') && !isNode(node, 'Gather')) return false
  const before = axes.get((node.inputs[0] as Value).node)
  return (before?.some(tokensOf) ?? false) && !holdsPlaces(axes.get(node))
}

/** Whether places become part of everything that a node returns: a sum over them, or the product of two signals. */
function mixesPlaces(node: Node, axes: AxesOf): boolean {
  return !holdsPlaces(axes.get(node)) || (node.op === 'MatMul' && dataInputs(node).length > 1)
}

/** What becomes of places on their way to the logits. */
export interface ReadOut {
  /**
   * Whether the logits read anything of a node's places. Behind the last attention of a network that reads its class token
   * alone they do not: what stands at a place there comes to no logit.
   */
  isRead(node: Node): boolean
  /** Whether a node brings places that it reads nearer to the logits. */
  reads(node: Node): boolean
}

/**
 * Follows places back from the logits.
 * @param nodes the model's, in order of execution, the logits' last
 */
export function readOutOf(nodes: readonly Node[], axes: AxesOf): ReadOut {
  const read = new Set<Node>(nodes.slice(-1))
  const reads = (node: Node) => !leavesOutPlaces(node, axes) && (read.has(node) || mixesPlaces(node, axes))
  for (const node of nodes.toReversed()) {
    if (reads(node)) for (const { value } of dataInputs(node)) read.add(value.node)
  }
  return { isRead: (node) => read.has(node), reads }
}
