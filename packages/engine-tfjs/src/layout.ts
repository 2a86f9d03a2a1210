import * as tf from '@tensorflow/tfjs'

/**
 * How the axes of a rank-4 value lie in memory: as the graph numbers them (`[n, c, h, w]`, `[o, i, h, w]`), with the
 * channels last as TensorFlow.js convolves (`[n, h, w, c]`), or as it wants kernels (`[h, w, i, o]`).
 */
export type Layout = 'given' | 'channels-last' | 'kernel'

const orders: Record<Layout, readonly number[]> = {
  given: [0, 1, 2, 3],
  'channels-last': [0, 2, 3, 1],
  kernel: [2, 3, 1, 0],
}

/** The graph's axes in the order in which a layout stores them; other ranks have one order only. */
export function storedAxes(layout: Layout, rank: number): readonly number[] {
  return rank === 4 ? orders[layout] : Array.from({ length: rank }, (_, axis) => axis)
}

/** Where a layout stores one of the graph's axes. */
export function storedAxis(layout: Layout, rank: number, axis: number): number {
  return storedAxes(layout, rank).indexOf(axis)
}

/** A shape of the graph, in the order in which a layout stores it. */
export function storedShape(layout: Layout, shape: readonly number[]): number[] {
  return storedAxes(layout, shape.length).map((axis) => shape[axis] as number)
}

/** Transposes, or only reshapes where nothing but axes of size 1 moves. */
export function permute(x: tf.Tensor, order: readonly number[]): tf.Tensor {
  const moving = order.filter((axis) => x.shape[axis] !== 1)
  const inPlace = moving.every((axis, index) => index === 0 || axis > (moving[index - 1] as number))
  if (!inPlace) return tf.transpose(x, [...order])
  return tf.reshape(
    x,
    order.map((axis) => x.shape[axis] as number),
  )
}

/** Rearranges a rank-4 tensor from one layout to another. */
export function relayout(x: tf.Tensor, from: Layout, to: Layout): tf.Tensor {
  return permute(
    x,
    storedAxes(to, x.rank).map((axis) => storedAxis(from, x.rank, axis)),
  )
}
