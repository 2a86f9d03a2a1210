import { ancestors, createGraph, joinedProducts, type Ops, type Value } from '@saliency/core'
import { expect, it } from 'vitest'
import { expectSame } from './same.ts'

const shape = ['n', 3, 8] as const

const products = (outputs: Readonly<Record<string, Value>>) =>
  ancestors(Object.values(outputs)).filter(({ op }) => op === 'MatMul').length

it('products of one signal become rows of one, and what reads them reads the rows', async () => {
  const { ops, layer } = createGraph()
  const x = ops.input('x', shape)
  const weights = [2, 1, 3].map((rows, at) => ops.parameter(`w${at}`, [1, rows, 3]))
  const outputsBy = ({ matMul, exp, add, relu }: Ops) => {
    const [first, second, third] = weights.map((w) => matMul(w, x)) as [Value, Value, Value]
    return { sum: exp(add(relu(first), second)), alone: third }
  }
  const outputs = { ...outputsBy(ops), input: x }
  const joined = joinedProducts.rewrite({ outputs }).outputs
  expect([products(outputs), products(joined)]).toEqual([3, 1])
  expect(joined['input']).toBe(x)
  const parameters = { w0: [1, 2, 3], w1: [1, 1, 3], w2: [1, 3, 3] }
  // The products of layers are not joined.
  const plain = outputsBy(layer('plain'))
  for (const name of ['sum', 'alone'] as const)
    await expectSame(joined[name] as Value, plain[name], { x: shape }, parameters)
})

it('neither a product alone, nor weights that depend on the image, nor layers of the model', () => {
  const { ops, layer } = createGraph()
  const [x, y] = [ops.input('x', shape), ops.input('y', shape)]
  const w = ops.parameter('w', [1, 2, 3])
  const own = ops.reshape(ops.reduceMax(x, { axes: [2] }), ['n', 1, 3])
  const outputs = {
    alone: ops.matMul(w, y),
    first: ops.matMul(w, x),
    image: ops.matMul(own, x),
    layer: layer('tokens').matMul(ops.parameter('v', [1, 2, 3]), x),
  }
  expect(joinedProducts.rewrite({ outputs }).outputs).toEqual(outputs)
})
