import { createGraph } from '@saliency/core'
import { expect, it } from 'vitest'
import { expectSame } from './same.ts'

const shape = ['n', 2, 3, 3] as const

it('a second ReLU, a sum with 0, a product with 1 and a reshape to the same shape are what they read', async () => {
  const { ops, layer } = createGraph()
  const x = ops.input('x', shape)
  const once = ops.relu(x)
  expect(ops.relu(once)).toBe(once)
  expect(ops.add(x, 0)).toBe(x)
  expect(ops.mul(1, x)).toBe(x)
  expect(ops.reshape(x, shape)).toBe(x)
  const written = layer('c').mul(layer('b').add(layer('a').relu(once), 0), 1)
  await expectSame(ops.relu(once), written, { x: shape })
})

it('a ReLU of any sign stays, and a sum with zeros that enlarges', async () => {
  const { ops, layer } = createGraph()
  const x = ops.input('x', shape)
  expect(ops.relu(x).node.op).toBe('Relu')
  const channels = ops.reduceSum(x, { axes: [2, 3] })
  const zeros = ops.fill(shape, 0)
  expect(ops.add(channels, zeros).shape).toEqual(shape)
  await expectSame(ops.add(channels, zeros), layer('sum').add(channels, zeros), { x: shape })
})
