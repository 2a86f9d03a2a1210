import { ancestors, dependsOnInput, type Model, type Node, type Value } from '@saliency/core'
import { sizeOf } from './cost.ts'

/** What a session of some values holds in memory. */
export interface MemoryCost {
  /** Bytes of everything that does not depend on the image: weights, and what is computed from them once. */
  readonly constants: number
  /** Bytes of intermediate values for one image where most of them are alive at once. */
  readonly activations: number
}

const bytesOf = (value: Value): number => 4 * sizeOf(value)

function lastUses(order: readonly Node[]): Map<Value, number> {
  const last = new Map<Value, number>()
  order.forEach((node, at) => node.inputs.forEach((value) => last.set(value, at)))
  return last
}

/** The most that is alive at once when the nodes run in this order and what nobody reads any more is freed. */
function peakOf(order: readonly Node[], outputs: ReadonlySet<Value>): number {
  const last = lastUses(order)
  let [live, peak] = [0, 0]
  order.forEach((node, at) => {
    for (const output of node.outputs) live += bytesOf(output)
    peak = Math.max(peak, live)
    const unread = node.outputs.filter((output) => !last.has(output))
    const read = [...new Set(node.inputs)].filter((value) => last.get(value) === at && dependsOnInput(value))
    for (const value of [...unread, ...read]) if (!outputs.has(value)) live -= bytesOf(value)
  })
  return peak
}

/** Counts what one session that computes `values` (and the logits) holds. */
export function memoryCostOf(model: Model, values: readonly Value[]): MemoryCost {
  const outputs = new Set([model.logits, ...values])
  const order = ancestors([...outputs]).filter((node) => node.outputs.some((one) => dependsOnInput(one)))
  const constants = new Set(order.flatMap((node) => node.inputs.filter((value) => !dependsOnInput(value))))
  return {
    constants: [...constants].reduce((sum, value) => sum + bytesOf(value), 0),
    activations: peakOf(order, outputs),
  }
}
