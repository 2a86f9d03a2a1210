import { createGraph, type Ops, type Value } from '@saliency/core'
import { expect, it } from 'vitest'
import { expectSame } from './same.ts'

const shape = ['n', 4, 5, 6] as const
const kernel = [4, 2, 3, 3] as const

/** What a slice of a convolution is built as, and the same written out. */
function cropped(
  convolve: (ops: Ops, x: Value, w: Value) => Value,
  slice: { axes: number[]; starts: number[]; ends: number[]; steps?: number[] },
) {
  const { ops, layer } = createGraph()
  const [x, w] = [ops.input('x', shape), ops.parameter('w', kernel)]
  return {
    built: ops.slice(convolve(ops, x, w), slice),
    written: layer('plain').slice(convolve(layer('plain'), x, w), slice),
  }
}

const inside = { axes: [2, -1], starts: [1, 0], ends: [9, -2] }
const transposed = (ops: Ops, x: Value, w: Value) =>
  ops.convTranspose(x, w, undefined, { strides: [2, 2], group: 2, pads: [0, 1, 0, 0], outputPadding: [1, 0] })
const convolved = (ops: Ops, x: Value, w: Value) =>
  ops.conv(x, w, undefined, { pads: [2, 0, 3, 2], group: 2 })

it.each([
  ['a transposed convolution', transposed, inside],
  ['a convolution of stride 1', convolved, { axes: [3, 2], starts: [0, 2], ends: [4, 7] }],
] as const)('what is cut from %s is not computed', async (_, convolve, { axes, starts, ends }) => {
  const { built, written } = cropped(convolve, { axes: [...axes], starts: [...starts], ends: [...ends] })
  expect(built.node.op).toBe(written.node.inputs[0]?.node.op)
  await expectSame(built, written, { x: shape }, { w: kernel })
})

it.each([
  ['more than the pads is cut', convolved, { axes: [3], starts: [1], ends: [6] }],
  [
    'the convolution has a stride',
    (ops: Ops, x: Value, w: Value) =>
      ops.conv(x, w, undefined, { pads: [2, 2, 2, 2], strides: [2, 2], group: 2 }),
    { axes: [2], starts: [1], ends: [4] },
  ],
  ['every second row is taken', transposed, { axes: [2], starts: [0], ends: [10], steps: [2] }],
  ['channels are cut', transposed, { axes: [1], starts: [0], ends: [1] }],
])('stays a slice where %s', (_, convolve, slice) => {
  expect(cropped(convolve, slice).built.node.op).toBe('Slice')
})

it('a layer of the model stays as it is', () => {
  const { ops, layer } = createGraph()
  const own = transposed(layer('own'), ops.input('x', shape), ops.parameter('w', kernel))
  expect(ops.slice(own, inside).node.inputs).toEqual([own])
})
