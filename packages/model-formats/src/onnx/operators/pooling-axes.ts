import { fixedDim, type Value } from '@saliency/core'
import { unsupported } from '../../problems.ts'
import type { NodeCall } from '../node-call.ts'
import { asColumns, overTwoAxes, type TwoOf } from './two-axes.ts'

type Pool = (call: NodeCall, x: Value) => Value

/** `[n, c, l]` as an image of one row. */
function alongARow(call: NodeCall, x: Value, pool: Pool): Value {
  const [n = 'n', channels = 1, length = 1] = x.shape
  const row = call.reshaped(x, [n, channels, 1, length])
  const found = pool(overTwoAxes(call, row, asColumns), row)
  return call.reshaped(found, found.shape.toSpliced(2, 1))
}

const rowsAndColumns: TwoOf = (list) => list.filter((_, index) => index % 3 > 0)
const depth: TwoOf = (list, fill) => list.flatMap((item, index) => (index % 3 > 0 ? [] : [item, fill]))

/**
 * `[n, c, d, h, w]`: every slice as an image, then what they give along the depth. A maximum is one of maxima, and the positions
 * of a box that an average divides by are as many as those along its depth times those of its slice.
 */
function sliceBySlice(call: NodeCall, x: Value, pool: Pool): Value {
  const [n = 'n', channels, slices, ...size] = x.shape
  const [c, d] = [fixedDim(channels, 'The channel count'), fixedDim(slices, 'The depth')]
  const images = call.reshaped(x, [n, c * d, ...size])
  const flat = pool(overTwoAxes(call, images, rowsAndColumns), images)
  const [height, width] = flat.shape.slice(2).map((dim) => fixedDim(dim, 'A pooled axis')) as [number, number]
  const columns = call.reshaped(flat, [n, c, d, height * width])
  const found = pool(overTwoAxes(call, columns, depth), columns)
  return call.reshaped(found, [...found.shape.slice(0, 3), height, width])
}

/** A pool over one or three axes, by one over rows and columns. */
export function poolOtherAxes(call: NodeCall, x: Value, pool: Pool): Value {
  const axes = x.shape.length - 2
  if (axes === 1) return alongARow(call, x, pool)
  if (axes === 3) return sliceBySlice(call, x, pool)
  throw unsupported(`a pool over ${axes} axes; those over one, two or three are supported`)
}
