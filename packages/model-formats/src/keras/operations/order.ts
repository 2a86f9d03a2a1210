import type { Ops, Value } from '@saliency/core'
import { fromSourceOrder, asSourceValue, type SourceValue } from '../../source-value.ts'

/** Places a value of which the source's axis `i` is axis `axes[i]`, moving axes only where they lie elsewhere. */
export function fromOrder(value: Value, axes: readonly number[], ops: Ops): SourceValue {
  const source = asSourceValue(value)
  if (source.axes.every((axis, index) => axis === axes[index])) return source
  const isInOrder = axes.every((axis, index) => axis === index)
  return fromSourceOrder(isInOrder ? value : ops.transpose(value, axes), ops)
}
