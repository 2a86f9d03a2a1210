import { createGraph } from '@saliency/core'
import { expect, it } from 'vitest'
import { expectSame } from './same.ts'

const [small, smaller] = [['n', 1, 3, 4] as const, ['n', 1, 2, 2] as const]
const size = [7, 9] as const
const how = { mode: 'linear', coordinates: 'align_corners' } as const

it('maps of one size are added before they are resized', async () => {
  const { ops, layer } = createGraph()
  const [a, b, c, d] = [
    ops.input('a', smaller),
    ops.input('b', small),
    ops.input('c', small),
    ops.input('d', small),
  ] as const
  const built = [a, b, c, d].map((map) => ops.resize(map, size, how)).reduce((sum, map) => ops.add(sum, map))
  expect(built).toBe(ops.add(ops.resize(a, size, how), ops.resize(ops.add(ops.add(b, c), d), size, how)))
  const plain = layer('plain')
  const written = [a, b, c, d]
    .map((map) => plain.resize(map, size, how))
    .reduce((sum, map) => plain.add(sum, map))
  await expectSame(built, written, { a: smaller, b: small, c: small, d: small })
})

it('neither those of two shapes, nor those that are resized in two ways, nor a layer of the model', () => {
  const { ops, layer } = createGraph()
  const [a, b, c] = [ops.input('a', smaller), ops.input('b', small), ops.input('c', small)] as const
  const other = { mode: 'linear', coordinates: 'half_pixel' } as const
  for (const [first, second] of [
    [ops.resize(a, size, how), ops.resize(b, size, how)],
    [ops.resize(c, size, other), ops.resize(b, size, how)],
    [layer('up').resize(c, size, how), ops.resize(b, size, how)],
  ] as const) {
    const { node } = ops.add(first, second)
    expect([node.op, ...node.inputs]).toEqual(['Add', first, second])
  }
})
