import { createGraph, type Ops, type Value } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { expectSame } from './same.ts'

type Layer = (ops: Ops, x: Value, w: Value, b: Value) => Value

const layers: readonly [string, Layer, readonly ['n', ...number[]], readonly number[], number][] = [
  [
    'a convolution',
    (ops, x, w, b) => ops.conv(x, w, b, { strides: [2, 1] }),
    ['n', 2, 5, 6],
    [3, 2, 2, 3],
    3,
  ],
  ['a transposed one', (ops, x, w, b) => ops.convTranspose(x, w, b), ['n', 3, 4, 4], [3, 2, 2, 2], 2],
  ['a dense layer', (ops, x, w, b) => ops.gemm(x, w, b, { transB: true }), ['n', 4], [5, 4], 5],
]

describe.each(layers)('%s of zeros', (_, layerOf, shape, kernel, features) => {
  const { ops, layer } = createGraph()
  const [x, w, b] = [ops.input('x', shape), ops.parameter('w', kernel), ops.parameter('b', [features])]
  const isNothing = ops.min(ops.relu(x), 0)
  const plain = layer('plain')
  const written = layerOf(plain, plain.min(plain.relu(x), 0), w, b)

  it('is its bias', async () => {
    const built = layerOf(ops, isNothing, w, b)
    expect(built.node.op).toBe('Expand')
    await expectSame(built, written, { x: shape }, { w: kernel, b: [features] })
  })

  it('adds its bias to what it is added to, from either side', async () => {
    const other = layerOf(ops, x, w, b)
    for (const sum of [
      ops.add(other, layerOf(ops, isNothing, w, b)),
      ops.add(layerOf(ops, isNothing, w, b), other),
    ]) {
      expect(sum.node.inputs.map(({ node }) => node.op)).not.toContain('Expand')
      await expectSame(
        sum,
        plain.add(layerOf(plain, x, w, b), written),
        { x: shape },
        { w: kernel, b: [features] },
      )
    }
  })

  it('stays where the input may be anything, and in the model', () => {
    expect(layerOf(ops, x, w, b).node.op).toBe(written.node.op)
    expect(layerOf(layer('own'), isNothing, w, b).node.op).toBe(written.node.op)
  })
})

it('a sum that an expanded value enlarges keeps it', () => {
  const { ops } = createGraph()
  const [x, wide] = [ops.input('x', ['n', 3]), ops.expand(ops.parameter('b', [1, 3]), [2, 1, 3])]
  expect(ops.add(x, wide).node.inputs).toEqual([x, wide])
})
