import { ancestors, createGraph, type FloatTensor, type Ops, type Value } from '@saliency/core'
import { runOnce } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { expectSame, numbers } from './same.ts'

const shape = ['n', 3, 4, 5] as const

/** Functions of each channel, from x, a scale of weights and one of the image. */
const functions: Readonly<Record<string, (ops: Ops, x: Value, w: Value, r: Value) => Value>> = {
  scaled: (ops, x, w) => ops.mul(x, w),
  'scaled from the left, twice': (ops, x, w, r) => ops.mul(r, ops.mul(w, x)),
  divided: (ops, x, w, r) => ops.div(ops.mul(x, w), r),
  negated: (ops, x, w) => ops.neg(ops.mul(x, w)),
  magnitude: (ops, x, w) => ops.abs(ops.mul(x, w)),
  'negated magnitude': (ops, x, w) => ops.neg(ops.abs(ops.mul(ops.mul(x, w), -2))),
  'positive part': (ops, x, w) => ops.relu(ops.mul(x, w)),
  'negative part': (ops, x, w) => ops.relu(ops.neg(ops.mul(x, w))),
  'positive part, scaled again': (ops, x, w, r) => ops.mul(ops.relu(ops.mul(x, w)), r),
  'positive part of a magnitude': (ops, x, w) => ops.mul(ops.relu(ops.neg(ops.abs(ops.mul(x, w)))), w),
  'magnitude of a positive part': (ops, x, w, r) => ops.abs(ops.mul(ops.relu(ops.mul(x, w)), r)),
  'moved by the image, a channel': (ops, x, w, r) => ops.div(ops.sub(ops.abs(ops.mul(x, w)), r), r),
  'moved by the image': (ops, x, w, r) => {
    const each = ops.reduceMax(r, { axes: [1] })
    return ops.div(ops.sub(ops.mul(x, w), each), each)
  },
}

function build(name: string) {
  const { ops, layer } = createGraph()
  const x = ops.input('x', shape)
  const r = ops.exp(ops.input('r', ['n', 3, 1, 1]))
  const w = ops.parameter('w', [3, 1, 1])
  const f = functions[name]!
  const plain = layer('plain')
  return {
    built: ops.reduceSum(f(ops, x, w, r), { axes: [1] }),
    plain: plain.reduceSum(f(plain, x, w, r), { axes: [1] }),
  }
}

describe('the sum over channels of what is', () => {
  it.each(Object.keys(functions))('%s', async (name) => {
    const { built, plain } = build(name)
    await expectSame(built, plain, { x: shape, r: ['n', 3, 1, 1] }, { w: [3, 1, 1] })
  })
})

it('reads parts of x, and writes nothing of what it sums', () => {
  const read = (name: string) =>
    ancestors([build(name).built])
      .filter(({ outputs }) => outputs[0]?.shape.join() === shape.join())
      .map(({ op }) => op)
  expect(read('scaled')).toEqual(['Input'])
  expect(read('magnitude')).toEqual(['Input', 'Abs'])
  expect(read('moved by the image, a channel')).toEqual(['Input', 'Abs'])
  for (const name of ['positive part', 'negative part', 'magnitude of a positive part'])
    expect(read(name), name).toEqual(['Input', 'Relu', 'Clip'])
})

// ½ (w·x + |w·x|) would be off by 1e-7 · 3000 here, which the division makes 300.
it('keeps zero where no channel has a positive value, however small what it is divided by', async () => {
  const { ops } = createGraph()
  const x = ops.neg(ops.mul(ops.exp(ops.input('x', shape)), 1000))
  const w = ops.exp(ops.parameter('w', [3, 1, 1]))
  const tiny = ops.fill(['n', 3, 1, 1], 1e-6)
  const sum = ops.reduceSum(ops.div(ops.relu(ops.mul(x, w)), tiny), { axes: [1] })
  const found = await runOnce({ sum }, new Map([['w', numbers('w', [3, 1, 1])]]), {
    x: numbers('x', [2, 3, 4, 5]),
  })
  expect(new Set((found['sum'] as FloatTensor).data.map(Math.abs))).toEqual(new Set([0]))
})

it('leaves other sums as they are', () => {
  const { ops, layer } = createGraph()
  const [x, w] = [ops.input('x', shape), ops.parameter('w', [3, 1, 1])]
  const places = ops.parameter('places', [1, 4, 5])
  const axes = [1]
  expect(ops.reduceSum(ops.mul(x, w), { axes: [2, 3] }).node.op).toBe('ReduceSum')
  expect(ops.reduceSum(ops.mul(x, places), { axes }).node.op).toBe('ReduceSum')
  expect(ops.reduceSum(ops.relu(x), { axes }).node.op).toBe('ReduceSum')
  expect(ops.reduceSum(layer('scale').mul(x, w), { axes }).node.op).toBe('ReduceSum')
})
