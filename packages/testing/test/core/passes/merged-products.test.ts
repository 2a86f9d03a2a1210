import { ancestors, createGraph, mergedProducts, type Ops, type Value } from '@saliency/core'
import { expect, it } from 'vitest'
import { expectSame } from './same.ts'

const shape = ['n', 3, 8] as const

const products = (outputs: Readonly<Record<string, Value>>) =>
  ancestors(Object.values(outputs)).filter(({ op }) => op === 'MatMul').length

/** Sums of products with signals x and y, numbers between them. */
const sums: Readonly<Record<string, (ops: Ops, x: Value, y: Value, w: readonly Value[]) => Value>> = {
  'two in a row': (ops, x, _, [a, b]) => ops.add(ops.matMul(a!, x), ops.matMul(b!, x)),
  'a difference': (ops, x, _, [a, b]) => ops.sub(ops.matMul(a!, x), ops.matMul(b!, x)),
  'differences of differences': (ops, x, y, [a, b, c]) =>
    ops.sub(
      ops.sub(ops.matMul(a!, y), ops.matMul(b!, x)),
      ops.sub(ops.matMul(b!, y), ops.sub(ops.matMul(c!, x), ops.matMul(a!, x))),
    ),
  'all subtracted': (ops, x, _, [a, b]) =>
    ops.sub(ops.sub(ops.neg(ops.reduceSum(x, { axes: [1] })), ops.matMul(a!, x)), ops.matMul(b!, x)),
  'numbers between them': (ops, x, y, [a, b, c]) => {
    const most = ops.reduceMax(y, { axes: [1, 2] })
    const first = ops.sub(ops.matMul(a!, x), most)
    return ops.add(ops.sub(ops.add(first, ops.matMul(b!, y)), ops.mul(most, most)), ops.matMul(c!, x))
  },
  'weights of the image': (ops, x, y, [a, b]) => {
    const own = ops.reshape(ops.reduceMax(y, { axes: [2] }), ['n', 1, 3])
    return ops.sub(ops.matMul(ops.div(a!, ops.exp(own)), x), ops.matMul(b!, x))
  },
  'a signal that is added, too': (ops, x, _, [a, b]) => {
    const row = ops.reduceMax(x, { axes: [1] })
    const [v, w] = [a!, b!].map((weights) => ops.reduceMax(weights, { axes: [2] })) as [Value, Value]
    return ops.add(ops.add(ops.matMul(v, row), row), ops.matMul(w, row))
  },
  'shaped like an image': (ops, x, _, [a, b]) => {
    const image = (weights: Value) => ops.reshape(ops.matMul(weights, x), ['n', 1, 2, 4])
    return ops.relu(ops.add(image(a!), image(b!)))
  },
}

const built = (ops: Ops, leaves: Ops, name: string) => {
  const [x, y] = [leaves.input('x', shape), leaves.input('y', shape)]
  const weights = ['a', 'b', 'c'].map((letter) => leaves.parameter(letter, [1, 1, 3]))
  return sums[name]!(ops, x, y, weights)
}

it.each(Object.keys(sums))('a sum reads each signal once: %s', async (name) => {
  const { ops, layer } = createGraph()
  const sum = built(ops, ops, name)
  const merged = mergedProducts.rewrite({ outputs: { sum } }).outputs['sum'] as Value
  const signals = new Set(
    ancestors([sum]).flatMap(({ op, inputs }) => (op === 'MatMul' ? [inputs[1] as Value] : [])),
  )
  expect(products({ sum })).toBeGreaterThan(signals.size)
  expect(products({ merged })).toBe(signals.size)
  // The products of layers are not merged.
  const plain = built(layer('plain'), ops, name)
  const parameters = { a: [1, 1, 3], b: [1, 1, 3], c: [1, 1, 3] }
  await expectSame(merged, plain, { x: shape, y: shape }, parameters)
  expect(mergedProducts.rewrite({ outputs: { plain } }).outputs).toEqual({ plain })
})

it('a part that something else reads is computed once, and what reads the sum reads the new one', async () => {
  const { ops, layer } = createGraph()
  const both = (by: Ops) => {
    const [x, y] = [ops.input('x', shape), ops.input('y', shape)]
    const [a, b, c] = ['a', 'b', 'c'].map((letter) => ops.parameter(letter, [1, 1, 3])) as [
      Value,
      Value,
      Value,
    ]
    const part = by.add(by.matMul(a, x), by.matMul(b, x))
    return { part: by.exp(part), sum: by.abs(by.add(by.add(part, by.matMul(c, y)), by.matMul(a, y))) }
  }
  const [outputs, plain] = [both(ops), both(layer('plain'))]
  const merged = mergedProducts.rewrite({ outputs }).outputs
  expect(products(merged)).toBe(2)
  const parameters = { a: [1, 1, 3], b: [1, 1, 3], c: [1, 1, 3] }
  for (const name of ['part', 'sum'] as const)
    await expectSame(merged[name] as Value, plain[name], { x: shape, y: shape }, parameters)
})

it('neither a product alone, nor signals read once, nor several rows, nor what is spread over the sum', () => {
  const { ops } = createGraph()
  const [x, y] = [ops.input('x', shape), ops.input('y', shape)]
  const [w, v] = [ops.parameter('w', [1, 1, 3]), ops.parameter('v', [1, 2, 3])]
  const outputs = {
    alone: ops.matMul(w, y),
    once: ops.add(ops.matMul(w, x), ops.matMul(w, y)),
    spread: ops.sub(ops.sub(x, ops.matMul(w, x)), ops.matMul(ops.mul(w, 3), x)),
    rows: ops.add(ops.matMul(v, x), ops.matMul(ops.mul(v, 2), x)),
  }
  expect(mergedProducts.rewrite({ outputs }).outputs).toEqual(outputs)
})
