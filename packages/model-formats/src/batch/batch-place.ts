import type { Dim, Shape, Value } from '@saliency/core'

/**
 * Where the images of a batch lie in a value: on `axis`, whose items are counted `before` first, then the image, then the
 * rest. `[16, 2*n, 8]` with axis 1 and `before` 1 holds the first image at 0 and 1 of that axis, the second at 2 and 3.
 */
export interface BatchPlace {
  readonly axis: number
  readonly before: number
}

const product = (sizes: readonly number[]) => sizes.reduce((size, dim) => size * dim, 1)

/** A size for a batch of one image. */
export const factorOf = (dim: Dim): number => (dim === 'n' ? 1 : Number.parseInt(String(dim), 10))

/** A size with the batch in it. */
export const batched = (factor: number): Dim => (factor === 1 ? 'n' : `${factor}*n`)

/** How many items of the value, in row-major order, lie in front of the images: what a reshape keeps. */
export function itemsBefore(shape: Shape, { axis, before }: BatchPlace): number {
  return product(shape.slice(0, axis).map(factorOf)) * before
}

/** The place on `axis` with so many items in front of the images, if the axis can hold it. */
function placeOn(sizes: readonly number[], axis: number, items: number): BatchPlace | undefined {
  const before = items / product(sizes.slice(0, axis))
  const isWhole = Number.isInteger(before) && Number.isInteger((sizes[axis] as number) / before)
  return isWhole ? { axis, before } : undefined
}

/** How far a place is from one that layers leave alone: they sum over the last axis, and know images on an axis of their own. */
function awkwardness(sizes: readonly number[], { axis, before }: BatchPlace, named: number): number {
  if (axis === sizes.length - 1 && axis > 0) return 4
  if (axis === named) return 0
  if (before > 1) return 3
  return sizes[axis] === 1 ? 1 : 2
}

/**
 * A shape with the batch put where the images lie, so that each stays by itself: on the axis that the shape names if it can
 * be, on an axis of 1, on one that begins at the place, or inside of one. Undefined where the place falls between.
 */
export function placeBatch(shape: Shape, items: number): Shape | undefined {
  const sizes = shape.map(factorOf)
  const named = shape.findIndex((dim) => typeof dim === 'string')
  const places = sizes.flatMap((_, axis) => placeOn(sizes, axis, items) ?? [])
  const [best] = places.toSorted((a, b) => awkwardness(sizes, a, named) - awkwardness(sizes, b, named))
  return best && sizes.map((size, axis) => (axis === best.axis ? batched(size) : size))
}

/** The place of the batch in a shape that names it, with so many items in front of the images. */
export function placeIn(shape: Shape, items: number): BatchPlace | undefined {
  const axis = shape.findIndex((dim) => typeof dim === 'string')
  return axis < 0 ? undefined : placeOn(shape.map(factorOf), axis, items)
}

/** An axis counted from the last, as broadcasting aligns them. */
export const fromEnd = ({ shape }: Value, { axis }: BatchPlace): number => shape.length - axis
