import { createGraph, type Ops, type Value } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { expectSame } from './same.ts'

const shape = ['n', 3, 4, 5] as const

const functions: Readonly<Record<string, (ops: Ops, x: Value, w: Value, r: Value) => Value>> = {
  scaled: (ops, x, w) => ops.mul(x, w),
  'magnitude, divided': (ops, x, w, r) => ops.div(ops.abs(ops.mul(x, w)), r),
  'negated magnitude': (ops, x, w) => ops.neg(ops.abs(ops.mul(x, w))),
  'positive part': (ops, x, w) => ops.relu(ops.mul(x, w)),
  'negative part': (ops, x, w) => ops.relu(ops.neg(ops.mul(x, w))),
  'positive part, scaled again': (ops, x, w, r) => ops.mul(ops.relu(ops.mul(x, w)), ops.neg(r)),
  'magnitude of a positive part': (ops, x, w, r) => ops.abs(ops.mul(ops.relu(ops.mul(x, w)), r)),
}
const reductions: Readonly<Record<string, (ops: Ops, y: Value) => Value>> = {
  'largest of a channel': (ops, y) => ops.reduceMax(y, { axes: [2, 3] }),
  'smallest of a channel': (ops, y) => ops.reduceMin(y, { axes: [2, 3] }),
  'largest of all': (ops, y) => ops.reduceMax(y, { axes: [1, 2, 3] }),
  'smallest of all': (ops, y) => ops.reduceMin(y, { axes: [1, 2, 3], keepdims: false }),
}

describe.each(Object.keys(functions))('%s', (name) => {
  it.each(Object.keys(reductions))('%s', async (reduction) => {
    const { ops, layer } = createGraph()
    const x = ops.input('x', shape)
    const r = ops.exp(ops.input('r', ['n', 3, 1, 1]))
    const w = ops.parameter('w', [3, 1, 1])
    const [f, reduce] = [functions[name]!, reductions[reduction]!]
    const plain = layer('plain')
    await expectSame(
      reduce(ops, f(ops, x, w, r)),
      reduce(plain, f(plain, x, w, r)),
      { x: shape, r: ['n', 3, 1, 1] },
      { w: [3, 1, 1] },
    )
  })
})

it('all functions of x share the extremes of x, or of |x|', () => {
  const { ops } = createGraph()
  const x = ops.input('x', shape)
  const extremes = (y: Value) => ops.reduceMax(y, { axes: [1, 2, 3] })
  const whole = () =>
    ops
      .input('x', shape)
      .graph.nodes.filter(
        ({ op, inputs }) => op.startsWith('Reduce') && inputs[0]?.shape.join() === shape.join(),
      ).length
  for (const name of ['w', 'v']) {
    const scaled = ops.mul(x, ops.parameter(name, [3, 1, 1]))
    for (const y of [scaled, ops.relu(scaled), ops.abs(scaled)]) extremes(y)
  }
  expect(whole()).toBe(3)
})

it('leaves extremes over channels alone, and of what is not scaled', () => {
  const { ops } = createGraph()
  const [x, w] = [ops.input('x', shape), ops.parameter('w', [3, 1, 1])]
  const scaled = ops.mul(x, w)
  expect(ops.reduceMax(scaled, { axes: [1] }).node.inputs[0]).toBe(scaled)
  const magnitude = ops.abs(x)
  expect(ops.reduceMax(magnitude, { axes: [2, 3] }).node.inputs[0]).toBe(magnitude)
})
