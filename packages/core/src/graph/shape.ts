import { SaliencyError } from '../errors.ts'

/** A size known while tracing, or a multiple of the batch: `'n'`, `'12*n'`. */
export type Dim = number | 'n' | `${number}*n`

/** Sizes of a value's axes; images and feature maps are `['n', c, h, w]`. */
export type Shape = readonly Dim[]

/** The factor and whether the batch is in it: `'12*n'` is 12 batches. */
function parse(dim: Dim): { factor: number; batch: boolean } {
  if (typeof dim === 'number') return { factor: dim, batch: false }
  return { factor: dim === 'n' ? 1 : Number.parseInt(dim, 10), batch: true }
}

function format(factor: number, batch: boolean): Dim {
  if (!batch) return factor
  return factor === 1 ? 'n' : `${factor}*n`
}

/**
 * The number of elements, as a size that may hold the batch.
 * @throws Error (an internal one) when the batch is in more than one axis: no operator makes such a shape.
 */
export function sizeOf(shape: Shape): Dim {
  let factor = 1
  let batch = false
  for (const dim of shape) {
    const part = parse(dim)
    if (part.batch && batch) throw new Error('internal: the batch cannot appear twice in a shape')
    factor *= part.factor
    batch ||= part.batch
  }
  return format(factor, batch)
}

/** `dim / divisor`, where both may hold the batch; undefined when that is no whole size. */
export function divideDim(dim: Dim, divisor: Dim): Dim | undefined {
  const [top, bottom] = [parse(dim), parse(divisor)]
  const factor = top.factor / bottom.factor
  if (!Number.isInteger(factor) || (bottom.batch && !top.batch)) return undefined
  return format(factor, top.batch && !bottom.batch)
}

/** A shape for a batch of one image: `['n', 3]` becomes `[1, 3]`, `['4*n', 3]` becomes `[4, 3]`. */
export function forOneImage(shape: Shape): number[] {
  return shape.map((dim) => parse(dim).factor)
}

/**
 * A size that must be known while tracing, such as a channel count or a height.
 * @throws SHAPE naming `what` when the size holds the batch or is missing.
 */
export function fixedDim(dim: Dim | undefined, what: string): number {
  if (typeof dim === 'number') return dim
  throw new SaliencyError('SHAPE', `${what} must be a fixed size, but is ${dim ?? 'missing'}.`)
}

/** `[n, 3, 32, 32]`, as messages and reports print shapes. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

/** Whether two shapes are equal, the symbolic batch included. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis])
}

/** Whether an operand spreads over a shape as it is: of each axis it has the size, or 1. */
function spreadsOver(shape: Shape, whole: Shape): boolean {
  if (shape === whole) return true
  const missing = whole.length - shape.length
  for (let axis = 0; axis < shape.length; axis++)
    if (shape[axis] !== 1 && shape[axis] !== whole[axis + missing]) return false
  return missing >= 0
}

/**
 * The common shape of operands under ONNX (NumPy) broadcasting: `[n, 3, 8, 8]` and `[3, 1, 1]` give `[n, 3, 8, 8]`.
 * @throws SHAPE with all shapes when two sizes of an axis differ and neither is 1.
 */
export function broadcastShapes(...shapes: readonly Shape[]): Shape {
  // Most operands have one shape, often the same list, or spread over one of them.
  const whole = shapes.find((shape) => shapes.every((other) => spreadsOver(other, shape)))
  if (whole) return whole
  const rank = Math.max(...shapes.map((shape) => shape.length))
  return Array.from({ length: rank }, (_, axis) => {
    let result: Dim = 1
    for (const shape of shapes) {
      const dim = shape[axis - rank + shape.length] ?? 1
      if (dim === 1 || dim === result) continue
      if (result !== 1) {
        throw new SaliencyError(
          'SHAPE',
          `${shapes.map(formatShape).join(' and ')} do not broadcast together.`,
        )
      }
      result = dim
    }
    return result
  })
}

/**
 * A non-negative axis number for `axis` in `[-rank, rank)`.
 * @throws SHAPE when the axis is outside of that range or no integer.
 */
export function normalizeAxis(axis: number, rank: number): number {
  const result = axis < 0 ? axis + rank : axis
  if (!Number.isInteger(result) || result < 0 || result >= rank) {
    throw new SaliencyError('SHAPE', `Axis ${axis} is outside a value of rank ${rank}.`)
  }
  return result
}
