import { isNode, madeBy, type Node, type Pass, type Value } from '@saliency/core'

/** 1[x > 0] or 1[x ≥ 0] as numbers. */
export interface Mask {
  readonly x: Value
  /** The value at x = 0. */
  readonly atZero: 0 | 1
}

/** Constants of nothing but zeros are fills in the graph. */
const isZero = (value: Value) => madeBy(value, 'Fill')?.attributes.value === 0

function maskOf(node: Node): Mask | undefined {
  const comparison = isNode(node, 'Cast') && node.attributes.to === 'float32' && node.inputs[0]?.node
  if (!comparison || (comparison.op !== 'Greater' && comparison.op !== 'GreaterOrEqual')) return undefined
  const [x, limit] = comparison.inputs as readonly [Value, Value]
  if (x.dtype !== 'float32' || !isZero(limit)) return undefined
  return { x, atZero: comparison.op === 'Greater' ? 0 : 1 }
}

/** Writes the mask of a ReLU's way back as one operator. */
export const masks: Pass<typeof maskOf> = {
  name: 'masks',
  when: 'engine',
  does: 'The cast of a comparison with zero, which is the mask of every ReLU on the way back, becomes one steep hard sigmoid; it takes a third of the time, because ONNX Runtime compares into an array of booleans on one thread.',
  needs: 'Numbers are compared by > or ≥ with a constant zero, and the result is cast to numbers.',
  rewrite: maskOf,
}

/** What a node reads in the form in which it is written. */
export function readsOf(node: Node): readonly Value[] {
  const mask = maskOf(node)
  return mask ? [mask.x] : node.inputs
}
