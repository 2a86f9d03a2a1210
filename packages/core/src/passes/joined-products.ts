import type { Plan } from '../engine.ts'
import { ancestors, dependsOnInput } from '../graph/reach.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'
import type { Pass } from './pass.ts'

/** Products of weights `[1, r, c]` with one signal `[n, c, p]`, by the signal. */
function productsBySignal(nodes: readonly Node[]): ReadonlyMap<Value, readonly Node[]> {
  const groups = new Map<Value, Node[]>()
  for (const node of nodes) {
    if (!isNode(node, 'MatMul') || node.layer !== undefined) continue
    const [weights, signal] = node.inputs as readonly [Value, Value]
    const isSum = signal.shape.length === 3 && weights.shape.length === 3 && weights.shape[0] === 1
    if (!isSum || dependsOnInput(weights) || !dependsOnInput(signal)) continue
    groups.set(signal, [...(groups.get(signal) ?? []), node])
  }
  return groups
}

/** Each product's rows of one product with all weights. */
function rowsOf(products: readonly Node[], signal: Value): ReadonlyMap<Node, Value> {
  const { ops } = signal.graph
  const weights = products.map(({ inputs }) => inputs[0] as Value)
  const all = ops.matMul(ops.concat(weights, 1), signal)
  let start = 0
  return new Map(
    products.map((node, at) => {
      const end = start + Number(weights[at]?.shape[1])
      const rows = ops.slice(all, { axes: [1], starts: [start], ends: [end] })
      start = end
      return [node, rows] as const
    }),
  )
}

/** Reads each signal once for all weights, and repeats what reads the products. */
function joinProducts(plan: Plan): Plan {
  const nodes = ancestors(Object.values(plan.outputs))
  const groups = productsBySignal(nodes)
  const rows = new Map<Node, Value>()
  const replaced = new Map<Value, Value>()
  const now = (value: Value) => replaced.get(value) ?? value
  for (const node of nodes) {
    const signal = node.inputs[1] as Value
    const products = groups.get(signal) ?? []
    if (products.length > 1 && products[0] === node) {
      for (const [product, row] of rowsOf(products, now(signal))) {
        replaced.set(product.outputs[0] as Value, row)
        rows.set(product, row)
      }
    }
    if (rows.has(node) || !node.inputs.some((value) => replaced.has(value))) continue
    const made = signal?.graph.build ?? (node.outputs[0] as Value).graph.build
    for (const [slot, value] of made(node.op, node.inputs.map(now), node.attributes).entries())
      replaced.set(node.outputs[slot] as Value, value)
  }
  const outputs = Object.entries(plan.outputs).map(([name, value]) => [name, now(value)] as const)
  return { outputs: Object.fromEntries(outputs) }
}

/** Computes the products of one signal with several weights together. */
export const joinedProducts: Pass<typeof joinProducts> = {
  name: 'joined-products',
  when: 'engine',
  does: 'Matrix products w₁·x, w₂·x, … with one x become the rows of one product with all weights, so that x is read once.',
  needs: 'Rules or methods built the products, x depends on the image and the weights do not.',
  rewrite: joinProducts,
}
