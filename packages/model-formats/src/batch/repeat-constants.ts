import type { Ops, Value } from '@saliency/core'
import { batched, factorOf, fromEnd, type BatchPlace } from './batch-place.ts'
import type { BatchFollower } from './follow-batch.ts'

/** Repeats a constant along `axis`, in the order in which the images lie there. */
function repeat(ops: Ops, value: Value, axis: number, before: number): Value {
  const size = factorOf(value.shape[axis] ?? 1)
  const [front, back] = [value.shape.slice(0, axis), value.shape.slice(axis + 1)]
  if (size === 1) return ops.expand(value, [...front, 'n', ...back])
  const apart = ops.reshape(value, [...front, before, 1, size / before, ...back])
  const repeated = ops.expand(apart, [...front, before, 'n', size / before, ...back])
  return ops.reshape(repeated, [...front, batched(size), ...back])
}

/**
 * Operands of which those that are the same for every image are repeated for each, where others hold the batch on an axis
 * that broadcasting would not fill: a class token `[1, 1, d]` beside `[n, t, d]` that it is joined to (`isJoined`), a mask
 * `[4, 16, 16]` beside `[4*n, 16, 16]`.
 */
export function repeatConstants(
  ops: Ops,
  batch: BatchFollower,
  values: readonly Value[],
  isJoined: boolean,
): readonly Value[] {
  const found = values.flatMap((value) => {
    const place = batch.placeOf(value)
    return place ? [{ value, place }] : []
  })
  const [first] = found as readonly { value: Value; place: BatchPlace }[]
  if (!first) return values
  const size = factorOf(first.value.shape[first.place.axis] ?? 1)
  return values.map((value) => {
    const axis = value.shape.length - fromEnd(first.value, first.place)
    const isSame = value.shape[axis] === size && (isJoined || size > 1)
    return isSame && !batch.placeOf(value) ? repeat(ops, value, axis, first.place.before) : value
  })
}
