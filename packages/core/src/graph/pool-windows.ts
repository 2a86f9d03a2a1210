import type { AveragePoolAttributes, Pads, PoolAttributes } from './operators.ts'
import { fixedDim, type Shape } from './shape.ts'

/** How many positions each window of an average pool divides by, along the height (0) or the width (1). */
function countsAlong(axis: 0 | 1, input: Shape, output: Shape, attributes: AveragePoolAttributes): number[] {
  const { kernel, strides, pads, dilations, countIncludePad } = attributes
  const length = fixedDim(input[axis + 2], 'A pooled axis')
  const [first, end] = countIncludePad ? [-pads[axis], length + (pads[axis + 2] ?? 0)] : [0, length]
  return Array.from({ length: fixedDim(output[axis + 2], 'A pooled axis') }, (_, window) => {
    const start = window * strides[axis] - pads[axis]
    const positions = Array.from({ length: kernel[axis] }, (__, tap) => start + tap * dilations[axis])
    return positions.filter((position) => position >= first && position < end).length
  })
}

/**
 * How many positions each window of an average pool from `[n, c, h, w]` to `[n, c, h', w']` divides by, h'·w' numbers in
 * rows. What a window reaches beyond the given pads, as the last may with `ceilMode`, does not count.
 */
export function averagedPositions(input: Shape, output: Shape, attributes: AveragePoolAttributes): number[] {
  const columns = countsAlong(1, input, output, attributes)
  return countsAlong(0, input, output, attributes).flatMap((row) => columns.map((column) => row * column))
}

/**
 * A pool of `[n, c, h, w]` whose window ends where the padded image does. With `ceilMode` a window may be larger, and is then
 * the only one: what it reaches beyond holds nothing, but would fill a kernel where the pool is computed as a convolution.
 */
export function fittedPool(input: Shape, attributes: PoolAttributes): PoolAttributes {
  if (!attributes.ceilMode) return attributes
  const along = (axis: 0 | 1) => {
    const [kernel, stride, dilation] = [attributes.kernel, attributes.strides, attributes.dilations].map(
      (list) => list[axis],
    ) as [number, number, number]
    const padded = Number(input[axis + 2]) + attributes.pads[axis] + (attributes.pads[axis + 2] ?? 0)
    const beyond = (kernel - 1) * dilation + 1 - padded
    // A whole stride beyond, there is no window.
    return beyond > 0 && beyond < stride
      ? { kernel: Math.ceil(padded / dilation), stride: padded }
      : { kernel, stride }
  }
  const [rows, columns] = [along(0), along(1)]
  return {
    ...attributes,
    kernel: [rows.kernel, columns.kernel],
    strides: [rows.stride, columns.stride],
  }
}

/**
 * The pads that the windows of a pool really read: with `ceilMode` the last may reach beyond the given ones, or stop short
 * of them. A pool with these pads has as many windows without `ceilMode`.
 */
export function pooledPads(
  input: Shape,
  output: Shape,
  { kernel, strides, pads, dilations }: Omit<PoolAttributes, 'ceilMode'>,
): Pads {
  const after = (axis: 0 | 1) => {
    const last = (fixedDim(output[axis + 2], 'A pooled axis') - 1) * strides[axis]
    const end = last + (kernel[axis] - 1) * dilations[axis] + 1
    return Math.max(0, end - fixedDim(input[axis + 2], 'A pooled axis') - pads[axis])
  }
  return [pads[0], pads[1], after(0), after(1)]
}
