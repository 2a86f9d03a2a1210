import * as tf from '@tensorflow/tfjs'
import type { Held } from './held.ts'
import { permute, storedAxes, type Layout } from './layout.ts'

/**
 * The layout in which to combine operands: channels last as soon as one of them is, because a backward pass multiplies
 * what convolutions made.
 */
export function commonLayout(inputs: readonly Held[], rank: number): Layout {
  return rank === 4 && inputs.some((held) => held.layout === 'channels-last') ? 'channels-last' : 'given'
}

/** One operand, ready to broadcast against others of `rank` axes stored in `layout`. */
export function broadcastable(held: Held, rank: number, layout: Layout): tf.Tensor {
  if (layout === 'given' || held.shape.length === 0) return held.get('given')
  if (held.shape.length === rank) return held.get(layout)
  // [c, 1, 1] → [1, c, 1, 1] → [1, 1, 1, c]
  const missing = Array.from({ length: rank - held.shape.length }, () => 1)
  return permute(tf.reshape(held.get('given'), [...missing, ...held.shape]), storedAxes(layout, rank))
}
