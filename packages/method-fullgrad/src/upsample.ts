import type { ExplainContext, Ops, Value } from '@saliency/core'

type Size = readonly [height: number, width: number]

const sizeOf = ({ shape }: Value): Size => [Number(shape[2]), Number(shape[3])]

/** U of the paper: bilinear, with aligned corners, as in the authors' code. */
const resized = (ops: Ops, map: Value, size: Size): Value =>
  ops.resize(map, size, { mode: 'linear', coordinates: 'align_corners' })

/**
 * One channel, `[n, 1, h', w']`, at the image's size. `sums` keeps the sum of a map: enlarged, a value is divided by the
 * weights with which it comes back, U⊤1, about the ratio of the areas. A map larger than the image is brought down by the
 * transpose of enlarging: each value goes to the pixels that it lies between.
 */
export function upsample(
  { model, ops, backward }: Pick<ExplainContext, 'model' | 'ops' | 'backward'>,
  map: Value,
  keeps: 'values' | 'sums',
): Value {
  const [size, own] = [sizeOf(model.image), sizeOf(map)]
  if (keeps === 'values' || own.join() === size.join()) return resized(ops, map, size)
  if (own.every((length, axis) => length <= (size[axis] as number))) {
    const large = resized(ops, map, size)
    const weights = backward({ from: large, start: ops.fill(large.shape, 1), until: map }).at(map)
    return resized(ops, ops.div(map, weights), size)
  }
  const image = ops.reduceSum(model.image, { axes: [1] })
  return backward({ from: resized(ops, image, own), start: map, until: image }).at(image)
}
