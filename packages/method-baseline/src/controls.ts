import type { Ops, Value } from '@saliency/core'

/** Derivative across, smoothing along (Sobel & Feldman 1968). */
const sobel = [
  [-1, 0, 1, -2, 0, 2, -1, 0, 1],
  [-1, -2, -1, 0, 0, 0, 1, 2, 1],
] as const

/** |∇ brightness| of the image by Sobel's kernels, `[n, 1, h, w]`; borders repeat the last pixel. */
function edges(ops: Ops, image: Value): Value {
  const brightness = ops.reduceMean(image, { axes: [1] })
  const framed = ops.pad(brightness, {
    mode: 'edge',
    pads: [
      [0, 0],
      [0, 0],
      [1, 1],
      [1, 1],
    ],
  })
  const gradient = ops.conv(framed, ops.constant(sobel.flat(), [2, 1, 3, 3]))
  return ops.sqrt(ops.reduceSum(ops.mul(gradient, gradient), { axes: [1] }))
}

/** exp(−d²/2) along one axis, d in units of `width` times its length. */
function bell(length: number, width: number): number[] {
  const middle = (length - 1) / 2
  return Array.from({ length }, (_, position) =>
    Math.exp(-(((position - middle) / (width * length)) ** 2) / 2),
  )
}

/** A Gaussian in the middle of the image, `[n, 1, h, w]`, at most 1. */
function centre(ops: Ops, image: Value, width: number): Value {
  const [height, breadth] = [Number(image.shape[2]), Number(image.shape[3])]
  const rows = ops.constant(bell(height, width), [1, 1, height, 1])
  const columns = ops.constant(bell(breadth, width), [1, 1, 1, breadth])
  return ops.expand(ops.mul(rows, columns), ['n', 1, height, breadth])
}

/** Maps that look at the image alone, or at nothing. */
export const controls: {
  edges(ops: Ops, image: Value): Value
  centre(ops: Ops, image: Value, width: number): Value
} = { edges, centre }
