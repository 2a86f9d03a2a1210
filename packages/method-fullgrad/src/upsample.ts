import type { ExplainContext, Model, Ops, Value } from '@saliency/core'

type Size = readonly [height: number, width: number]

const sizeOf = ({ shape }: Value): Size => [Number(shape[2]), Number(shape[3])]

/** U of the paper: bilinear, with aligned corners, as in the authors' code. */
const resized = (ops: Ops, map: Value, size: Size): Value =>
  ops.resize(map, size, { mode: 'linear', coordinates: 'align_corners' })

type Context = Pick<ExplainContext, 'model' | 'ops' | 'backward'>

const returned = new WeakMap<Model, Map<string, Value>>()

/** U⊤1: the weights with which the values of a map come back from the enlarged one. They are the same for all maps of a size. */
function returning({ model, ops, backward }: Context, map: Value, large: Value): Value {
  const bySize = returned.get(model) ?? new Map<string, Value>()
  returned.set(model, bySize)
  const key = map.shape.join()
  const weights =
    bySize.get(key) ?? backward({ from: large, start: ops.fill(large.shape, 1), until: map }).at(map)
  bySize.set(key, weights)
  return weights
}

/**
 * One channel, `[n, 1, h', w']`, at the image's size. `sums` keeps the sum of a map: enlarged, a value is divided by the
 * weights with which it comes back, U⊤1, about the ratio of the areas. A map larger than the image is brought down by the
 * transpose of enlarging: each value goes to the pixels that it lies between.
 */
export function upsample(context: Context, map: Value, keeps: 'values' | 'sums'): Value {
  const { model, ops, backward } = context
  const [size, own] = [sizeOf(model.image), sizeOf(map)]
  if (keeps === 'values' || own.join() === size.join()) return resized(ops, map, size)
  if (own.every((length, axis) => length <= (size[axis] as number))) {
    const large = resized(ops, map, size)
    return resized(ops, ops.div(map, returning(context, map, large)), size)
  }
  const image = ops.reduceSum(model.image, { axes: [1] })
  return backward({ from: resized(ops, image, own), start: map, until: image }).at(image)
}
