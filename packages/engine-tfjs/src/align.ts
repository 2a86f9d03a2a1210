import * as tf from '@tensorflow/tfjs'
import type { LaidOut } from './laid-out.ts'
import { permute, storedAxes, type Layout } from './layout.ts'

/**
 * The layout in which to combine operands: channels last as soon as one of them is, because a backward pass multiplies
 * what convolutions made.
 */
export function commonLayout(inputs: readonly LaidOut[], rank: number): Layout {
  return rank === 4 && inputs.some((value) => value.layout === 'channels-last') ? 'channels-last' : 'given'
}

/** One operand, ready to broadcast against others of `rank` axes stored in `layout`. */
export function broadcastable(value: LaidOut, rank: number, layout: Layout): tf.Tensor {
  if (layout === 'given' || value.shape.length === 0) return value.get('given')
  if (value.shape.length === rank) return value.get(layout)
  // [c, 1, 1] → [1, c, 1, 1] → [1, 1, 1, c]
  const missing = Array.from({ length: rank - value.shape.length }, () => 1)
  return permute(tf.reshape(value.get('given'), [...missing, ...value.shape]), storedAxes(layout, rank))
}
