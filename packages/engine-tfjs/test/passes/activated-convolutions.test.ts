import { createGraph } from '@saliency/core'
import { expect, it } from 'vitest'
import { expectSame, formsOf } from './fused.ts'

const shape = ['n', 2, 5, 5] as const
const kernel = [2, 2, 2, 2] as const

function network() {
  const { ops } = createGraph()
  const conv = ops.conv(ops.input('x', shape), ops.input('w', kernel))
  return { ops, conv, relu: ops.relu(conv) }
}

it('a convolution that only a ReLU reads is one kernel with it, and one that is read twice is not', async () => {
  const { ops, conv, relu } = network()
  expect(formsOf({ relu })).toEqual(['activated'])
  expect(formsOf({ relu, conv })).toEqual(['plain', 'plain'])
  expect(formsOf({ relu, other: ops.neg(conv) })).not.toContain('activated')
  await expectSame({ relu }, { relu, conv }, { x: shape, w: kernel })
})

it('no other activation', () => {
  const { ops, conv } = network()
  expect(formsOf({ y: ops.elu(conv, 1) })).toEqual(['plain', 'plain'])
})
