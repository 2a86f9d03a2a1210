import { createGraph } from '@saliency/core'
import { expect, it } from 'vitest'
import { expectSame } from './same.ts'

const shape = ['n', 2, 3, 3] as const

it('a minus before a quotient turns the difference below around, and two of them cancel', async () => {
  const { ops, layer } = createGraph()
  const [x, y] = [ops.input('x', shape), ops.input('y', shape)]
  const rewritten = ops.neg(ops.div(x, ops.sub(y, 1)))
  expect(rewritten.node.op).toBe('Div')
  expect(rewritten).toBe(ops.div(x, ops.sub(1, y)))
  expect(ops.neg(ops.neg(x))).toBe(x)
  await expectSame(rewritten, layer('neg').neg(ops.div(x, ops.sub(y, 1))), { x: shape, y: shape })
})

it('a minus before a quotient by anything else stays', () => {
  const { ops } = createGraph()
  const [x, y] = [ops.input('x', shape), ops.input('y', shape)]
  expect(ops.neg(ops.div(x, y)).node.op).toBe('Neg')
  expect(ops.neg(ops.sub(x, y)).node.op).toBe('Neg')
})
