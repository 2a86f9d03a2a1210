import { createGraph } from '@saliency/core'
import { expect, it } from 'vitest'
import { expectSame, formsOf } from './fused.ts'

const shape = ['n', 2, 3, 3] as const

it.each(['greater', 'greaterOrEqual', 'less'] as const)('a mask by %s is one kernel', async (compare) => {
  const { ops } = createGraph()
  const [x, y] = [ops.input('x', shape), ops.input('y', [2, 1, 1])]
  for (const limit of [0, y] as const) {
    const mask = ops.cast(ops[compare](x, limit), 'float32')
    expect(formsOf({ mask })).toEqual(['mask'])
    // What is chosen by the condition itself.
    const apart = ops.where(ops[compare](x, limit), ops.fill(shape, 1), ops.fill(shape, 0))
    await expectSame({ mask }, { mask: apart }, { x: shape, y: [2, 1, 1] })
  }
})

it('not where an operand may be infinite, nor of equality', () => {
  const { ops } = createGraph()
  const x = ops.input('x', shape)
  expect(formsOf({ mask: ops.cast(ops.greater(ops.div(1, x), 0), 'float32') })).not.toContain('mask')
  expect(formsOf({ mask: ops.cast(ops.equal(x, 0), 'float32') })).not.toContain('mask')
})
