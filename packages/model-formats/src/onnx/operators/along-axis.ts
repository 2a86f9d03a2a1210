import { fixedDim, tensor, type Value } from '@saliency/core'
import { unsupported } from '../../problems.ts'
import type { NodeCall } from '../node-call.ts'

/** What each place of the result takes from each place along an axis, row by row `[to, from]`. */
export interface Matrix {
  readonly to: number
  readonly from: number
  readonly data: Float32Array
}

/** The places along an axis weighed by a fixed matrix: resampling, running sums. */
export function alongAxis(call: NodeCall, x: Value, axis: number, { to, from, data }: Matrix): Value {
  const { ops } = call
  if (fixedDim(x.shape[axis], 'An axis') !== from)
    throw unsupported(`an axis of ${String(x.shape[axis])} in place of ${from}`)
  const rank = x.shape.length
  const fixed = (matrix: Float32Array, shape: readonly number[]) =>
    call.newParameter(tensor(matrix, shape), { role: 'fixed', name: `matrix-${axis}` })
  if (axis === rank - 2) return ops.matMul(fixed(data, [to, from]), x)
  const turned = Float32Array.from(
    data,
    (_, index) => data[(index % to) * from + Math.floor(index / to)] as number,
  )
  const weights = fixed(turned, [from, to])
  if (axis === rank - 1) return ops.matMul(x, weights)
  // The axis to the end and back.
  const swap = x.shape.map((_, place) => (place === axis ? rank - 1 : place === rank - 1 ? axis : place))
  return ops.transpose(ops.matMul(ops.transpose(x, swap), weights), swap)
}
