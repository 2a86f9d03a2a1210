import { createGraph, type Value } from '@saliency/core'
import { expect, it } from 'vitest'
import { flippedKernels } from '../../../../core/src/passes/flipped-kernels.ts'
import { expectSame } from './same.ts'

const shape = ['n', 4, 5, 5] as const

/** The way back of a convolution without padding, by the turned kernel. */
const wayBack = (signal: Value, kernel: Value, group: number) => {
  const { ops } = signal.graph
  return ops.conv(signal, flippedKernels.rewrite(ops, kernel, group), undefined, {
    pads: [2, 2, 2, 2],
    group,
  })
}

it('a kernel that a rule changed is made of turned ones, and the way back is that of the transposed convolution', async () => {
  const { ops } = createGraph()
  const [signal, kernel] = [ops.input('signal', shape), ops.parameter('w', [4, 2, 3, 3])]
  const changed = ops.mul(ops.relu(kernel), 3)
  const turned = flippedKernels.rewrite(ops, changed, 1)
  expect(turned).toBe(ops.mul(ops.relu(flippedKernels.rewrite(ops, kernel, 1)), 3))
  await expectSame(
    wayBack(signal, changed, 1),
    ops.convTranspose(signal, changed),
    { signal: shape },
    { w: [4, 2, 3, 3] },
  )
})

it('a grouped kernel, and one times a vector, are turned as they are', async () => {
  const { ops } = createGraph()
  const [signal, kernel] = [ops.input('signal', shape), ops.parameter('w', [4, 2, 3, 3])]
  const rectified = ops.relu(kernel)
  expect(flippedKernels.rewrite(ops, rectified, 2).node.op).toBe('Slice')
  expect(flippedKernels.rewrite(ops, ops.mul(kernel, ops.parameter('row', [3])), 1).node.op).toBe('Slice')
  await expectSame(
    wayBack(signal, rectified, 2),
    ops.convTranspose(signal, rectified, undefined, { group: 2 }),
    { signal: shape },
    { w: [4, 2, 3, 3] },
  )
})
