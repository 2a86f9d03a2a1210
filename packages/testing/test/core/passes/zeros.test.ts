import { createGraph } from '@saliency/core'
import { expect, it } from 'vitest'
import { expectSame } from './same.ts'

const shape = ['n', 2, 3, 3] as const

it('the negative part of a rectified value is a constant, and so is a product with it', async () => {
  const { ops, layer } = createGraph()
  const x = ops.input('x', shape)
  const negative = ops.min(ops.relu(x), 0)
  expect(negative.node.op).toBe('Fill')
  expect(ops.mul(negative, x)).toBe(negative)
  const written = layer('min').min(layer('relu').relu(x), 0)
  expect(written.node.op).toBe('Min')
  await expectSame(ops.add(negative, x), layer('add').add(written, x), { x: shape })
})

it('neither what may be negative nor the indices of a pool of zeros', () => {
  const { ops } = createGraph()
  const x = ops.input('x', shape)
  expect(ops.min(x, 0).node.op).toBe('Min')
  expect(ops.maxPoolIndices(ops.fill(shape, 0), { kernel: [3, 3] }).node.op).toBe('MaxPool')
})
