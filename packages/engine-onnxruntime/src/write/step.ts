import { isNode, madeBy, type Node, type Value } from '@saliency/core'

/** 1[x > 0] or 1[x ≥ 0] as numbers. */
export interface Step {
  readonly x: Value
  /** The value at x = 0. */
  readonly atZero: 0 | 1
}

/** Constants of nothing but zeros are fills in the graph. */
const isZero = (value: Value) => madeBy(value, 'Fill')?.attributes.value === 0

/**
 * Reads a cast of a comparison with zero as a step. Written as one hard sigmoid it takes a third of the time of comparing
 * and casting, which go through an array of booleans on one thread.
 */
export function stepOf(node: Node): Step | undefined {
  const comparison = isNode(node, 'Cast') && node.attributes.to === 'float32' && node.inputs[0]?.node
  if (!comparison || (comparison.op !== 'Greater' && comparison.op !== 'GreaterOrEqual')) return undefined
  const [x, limit] = comparison.inputs as readonly [Value, Value]
  if (x.dtype !== 'float32' || !isZero(limit)) return undefined
  return { x, atZero: comparison.op === 'Greater' ? 0 : 1 }
}

/** What a node reads in the form it is written in. */
export function readsOf(node: Node): readonly Value[] {
  const step = stepOf(node)
  return step ? [step.x] : node.inputs
}
