import { createGraph } from '@saliency/core'
import { expect, it } from 'vitest'
import { expectSame } from './same.ts'

const shape = ['n', 2, 3, 3] as const

it('a factor that both summands have, in whatever place, is taken out of the sum', async () => {
  const { ops, layer } = createGraph()
  const [y, a, b] = [ops.input('y', shape), ops.input('a', shape), ops.input('b', shape)]
  const rewritten = ops.add(ops.mul(y, a), ops.mul(b, y))
  expect(rewritten).toBe(ops.mul(y, ops.add(a, b)))
  await expectSame(rewritten, layer('sum').add(ops.mul(y, a), ops.mul(b, y)), {
    y: shape,
    a: shape,
    b: shape,
  })
})

it('neither a factor that is broadcast nor one of weights', () => {
  const { ops } = createGraph()
  const [y, a] = [ops.input('y', shape), ops.input('a', shape)]
  const row = ops.input('row', ['n', 2, 1, 1])
  const weight = ops.parameter('w', [2, 3, 3])
  expect(ops.add(ops.mul(y, row), ops.mul(y, a)).node.op).toBe('Add')
  expect(ops.add(ops.mul(weight, y), ops.mul(weight, a)).node.op).toBe('Add')
})
