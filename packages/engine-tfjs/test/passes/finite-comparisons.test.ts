import { createGraph } from '@saliency/core'
import { expect, it } from 'vitest'
import { expectSame, formsOf } from './fused.ts'

const shape = ['n', 2, 3, 3] as const

it.each(['greater', 'less'] as const)('%s of finite numbers is one', async (compare) => {
  const { ops } = createGraph()
  const [x, y] = [ops.input('x', shape), ops.input('y', shape)]
  const larger = ops[compare](x, y)
  expect(formsOf({ larger })).toEqual(['finite-comparison'])
  // The other comparison of the same numbers, turned around, does without the difference.
  const apart = ops.not(ops[compare === 'greater' ? 'lessOrEqual' : 'greaterOrEqual'](x, y))
  expect(formsOf({ apart })).toEqual(['plain', 'plain'])
  await expectSame({ larger }, { larger: apart }, { x: shape, y: shape })
})

it('not where an operand may be infinite: ∞ − ∞ has no sign', () => {
  const { ops } = createGraph()
  const x = ops.input('x', shape)
  expect(formsOf({ larger: ops.greater(ops.exp(x), 1) })).not.toContain('finite-comparison')
})
