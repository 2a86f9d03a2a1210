import type { ExplainContext, Ops, Value } from '@saliency/core'

/** What bringing maps to the image's size needs of the context. */
export type Canvas = Pick<ExplainContext, 'model' | 'ops' | 'backward'>

type Size = readonly [height: number, width: number]

const sizeOf = ({ shape }: Value): Size => [Number(shape[2]), Number(shape[3])]

/** U of the paper: bilinear, with aligned corners, as in the authors' code. */
const resized = (ops: Ops, map: Value, size: Size): Value =>
  ops.resize(map, size, { mode: 'linear', coordinates: 'align_corners' })

/**
 * U that keeps the sum of a map. Enlarged, a value is divided by the weights with which it comes back, U⊤1, about the ratio
 * of the areas. A map larger than the image is brought down by the transpose of enlarging: each value goes to the pixels
 * that it lies between.
 */
function spread({ model, ops, backward }: Canvas, map: Value, size: Size): Value {
  const [height, width] = sizeOf(map)
  if (height <= size[0] && width <= size[1]) {
    const large = resized(ops, map, size)
    const weights = backward({ from: large, start: ops.fill(large.shape, 1), until: map }).at(map)
    return resized(ops, ops.div(map, weights), size)
  }
  const image = ops.reduceSum(model.image, { axes: [1] })
  return backward({ from: resized(ops, image, [height, width]), start: map, until: image }).at(image)
}

/** The sum of one-channel maps `[n, 1, h', w']` at the image's size; those of one size are added first. */
export function superpose(canvas: Canvas, maps: readonly Value[], keeps: 'values' | 'sums'): Value {
  const { model, ops } = canvas
  const size = sizeOf(model.image)
  const bySize = new Map<string, Value>()
  for (const map of maps) {
    const key = sizeOf(map).join('x')
    const sum = bySize.get(key)
    bySize.set(key, sum ? ops.add(sum, map) : map)
  }
  const large = [...bySize].map(([key, map]) => {
    if (key === size.join('x')) return map
    return keeps === 'sums' ? spread(canvas, map, size) : resized(ops, map, size)
  })
  return large.reduce((sum, map) => ops.add(sum, map))
}
