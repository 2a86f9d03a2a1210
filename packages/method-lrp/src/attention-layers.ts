import type { Model, Node, Value } from '@saliency/core'
import { isConstant } from './gate.ts'
import { isProduct } from './kinds.ts'
import { treatments } from './operators.ts'

const isMatrixProduct = (node: Node) => node.op === 'MatMul' && isProduct(node)
const isDense = (node: Node) => treatments[node.op] === 'kernel' && !isMatrixProduct(node)
/** The residual stream: an attention ends there. */
const isJoin = (node: Node) => node.op === 'Add' && node.inputs.every((value) => !isConstant(value))

/** The nodes from which `inputs` come, as far as a layer with weights, another product, or a sum of two signals. */
function nextLayers(start: Node, next: (node: Node) => readonly Node[]): readonly Node[] {
  const [seen, open] = [new Set<Node>(), [...next(start)]]
  for (let node = open.pop(); node; node = open.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    if (!isDense(node) && !isMatrixProduct(node) && !isJoin(node)) open.push(...next(node))
  }
  return [...seen].filter(isDense)
}

/** The layers with weights next to products of two signals: projections to queries, keys and values, and the one behind. */
export function attentionLayers({ layers }: Model): ReadonlySet<Node> {
  const nodes = layers.flatMap((layer) => layer.nodes)
  const readers = new Map<Node, Node[]>()
  for (const node of nodes)
    for (const input of node.inputs) readers.set(input.node, [...(readers.get(input.node) ?? []), node])
  const above = ({ inputs }: Node) =>
    inputs.filter((value: Value) => !isConstant(value)).map((value: Value) => value.node)
  const below = (node: Node) => readers.get(node) ?? []
  return new Set(
    nodes.filter(isMatrixProduct).flatMap((node) => [...nextLayers(node, above), ...nextLayers(node, below)]),
  )
}
