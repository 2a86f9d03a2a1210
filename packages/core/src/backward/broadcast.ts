import type { Ops } from '../graph/ops.ts'
import { sameShape, type Shape } from '../graph/shape.ts'
import type { Value } from '../graph/value.ts'

/** Sums a signal over the axes along which an operand of `shape` was broadcast. */
export function sumTo(ops: Ops, signal: Value, shape: Shape): Value {
  if (sameShape(signal.shape, shape)) return signal
  const extra = signal.shape.length - shape.length
  const axes = signal.shape.flatMap((dim, axis) =>
    axis < extra || shape[axis - extra] !== dim ? [axis] : [],
  )
  return ops.reshape(ops.reduceSum(signal, { axes }), shape)
}

/** Repeats a value along its axes of size 1 until it has `shape`; the batch must be there already. */
export function repeatTo(ops: Ops, value: Value, shape: Shape): Value {
  if (sameShape(value.shape, shape)) return value
  return ops.mul(
    value,
    ops.fill(
      shape.map((dim) => (typeof dim === 'number' ? dim : 1)),
      1,
    ),
  )
}
