import { tensor, type FloatTensor } from '@saliency/core'

/** An axis of the result: its size, and how far its neighbours lie apart in the source. */
interface Walked {
  size: number
  step: number
}

/** The axes of the result with those of one element left out, and with neighbours joined that are neighbours in the source. */
function walkedAxes(source: readonly number[], order: readonly number[]): readonly Walked[] {
  const strides = stridesOf(source)
  const axes: Walked[] = []
  for (const axis of order) {
    const [size, step] = [source[axis] ?? 1, strides[axis] ?? 1]
    if (size === 1) continue
    const before = axes.at(-1)
    if (before?.step === size * step) Object.assign(before, { size: before.size * size, step })
    else axes.push({ size, step })
  }
  return axes
}

/** Reorders axes, copying the data: axis `i` of the result is axis `order[i]` of the source. */
export function permute(source: FloatTensor, order: readonly number[]): FloatTensor {
  const axes = walkedAxes(source.shape, order)
  const shape = axes.map(({ size }) => size)
  const steps = axes.map(({ step }) => step)
  const data = new Float32Array(source.data.length)
  // The last axis of the result is one tight loop: a dense layer of VGG-16 has a hundred million values.
  const last = shape.at(-1) ?? 1
  const step = steps.at(-1) ?? 1
  const position = shape.slice(0, -1).map(() => 0)
  let from = 0
  for (let to = 0; to < data.length; to += last) {
    if (step === 1) data.set(source.data.subarray(from, from + last), to)
    else
      for (let index = 0; index < last; index++) data[to + index] = source.data[from + index * step] as number
    // An odometer over the result's other axes, the last of them fastest.
    for (let axis = position.length - 1; axis >= 0; axis--) {
      from += steps[axis] as number
      position[axis] = (position[axis] as number) + 1
      if ((position[axis] as number) < (shape[axis] as number)) break
      from -= (steps[axis] as number) * (shape[axis] as number)
      position[axis] = 0
    }
  }
  return tensor(
    data,
    order.map((axis) => source.shape[axis] ?? 1),
  )
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
