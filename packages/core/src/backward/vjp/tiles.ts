import type { PoolAttributes } from '../../graph/operators.ts'
import { fixedDim } from '../../graph/shape.ts'
import type { Value } from '../../graph/value.ts'

/** Whether the windows of a pool are disjoint and cover the image exactly. */
export function isTiling(
  { shape }: Value,
  { kernel, strides, pads, dilations }: Pick<PoolAttributes, 'kernel' | 'strides' | 'pads' | 'dilations'>,
): boolean {
  const fits = (axis: 0 | 1) =>
    kernel[axis] === strides[axis] &&
    dilations[axis] === 1 &&
    fixedDim(shape[axis + 2], 'A pooled axis') % kernel[axis] === 0
  return fits(0) && fits(1) && pads.every((pad) => pad === 0)
}

/** Repeats what every tile of `x` was pooled to over the whole tile, `[n, c, h, w]`. */
export function overTiles(x: Value, pooled: Value): Value {
  const size = [fixedDim(x.shape[2], 'The height'), fixedDim(x.shape[3], 'The width')] as const
  return x.graph.ops.resize(pooled, size, { mode: 'nearest', coordinates: 'asymmetric' })
}
