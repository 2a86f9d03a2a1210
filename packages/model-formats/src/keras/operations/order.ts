import type { Ops, Value } from '@saliency/core'
import { fromSourceOrder, place, type Placed } from '../../placed.ts'

/** Places a value of which the source's axis `i` is axis `axes[i]`, moving axes only where they lie elsewhere. */
export function fromOrder(value: Value, axes: readonly number[], ops: Ops): Placed {
  const placed = place(value)
  if (placed.axes.every((axis, index) => axis === axes[index])) return placed
  const isInOrder = axes.every((axis, index) => axis === index)
  return fromSourceOrder(isInOrder ? value : ops.transpose(value, axes), ops)
}
