import { tensor, type FloatTensor } from '@saliency/core'

/** Reorders axes, copying the data: axis `i` of the result is axis `order[i]` of the source. */
export function permute(source: FloatTensor, order: readonly number[]): FloatTensor {
  const shape = order.map((axis) => source.shape[axis] ?? 1)
  const strides = stridesOf(source.shape)
  const steps = order.map((axis) => strides[axis] ?? 1)
  const data = new Float32Array(source.data.length)
  const position = shape.map(() => 0)
  let from = 0
  for (let to = 0; to < data.length; to++) {
    data[to] = source.data[from] as number
    // An odometer over the result's axes, last axis fastest.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += steps[axis] as number
      position[axis] = (position[axis] as number) + 1
      if ((position[axis] as number) < (shape[axis] as number)) break
      from -= (steps[axis] as number) * (shape[axis] as number)
      position[axis] = 0
    }
  }
  return tensor(data, shape)
}

/** Distances between neighbours along each axis of a dense array. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1)
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] as number) * (shape[axis + 1] as number)
  }
  return strides
}

/** The same values under another shape; nothing is copied. */
export function withShape(source: FloatTensor, shape: readonly number[]): FloatTensor {
  return tensor(source.data, shape)
}
