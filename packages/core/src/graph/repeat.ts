import type { OpName, Operators } from './operators.ts'
import type { Graph, Node, Value } from './value.ts'

/** The same node in another graph, of the same layer, on the inputs that it has there. */
export function repeatNode(
  graph: Graph,
  { op, layer, attributes: own }: Node,
  inputs: readonly Value[],
  attributes: Operators[OpName] = own,
): readonly Value[] {
  const build = layer === undefined ? graph.build : graph.buildLayer(layer)
  return build(op, inputs, attributes)
}
