import { backward, createGraph, type Ops, type Value } from '@saliency/core'
import { expect, it } from 'vitest'
import { expectSame } from './same.ts'

const shapes = { x: ['n', 3, 6, 6], g: ['n', 3, 3, 3] } as const

interface Pool {
  readonly kernel: [number, number]
  readonly pads?: [number, number, number, number]
}

const tiles: Pool = { kernel: [2, 2] }
const overlapping: Pool = { kernel: [3, 3], pads: [1, 1, 1, 1] }

/** A signal that came back through a max pool of what is rectified, and what a rule makes of it, built and written out. */
function both({ kernel, pads }: Pool, make: (ops: Ops, arrived: Value, rectified: Value) => Value) {
  const { ops, layer } = createGraph()
  const [x, g] = [ops.input('x', shapes.x), ops.input('g', shapes.g)]
  // Numbers of few values, so that windows hold several maxima.
  const rectified = layer('relu').relu(layer('round').round(x))
  const pooled = layer('pool').maxPool(rectified, { kernel, strides: [2, 2], ...(pads && { pads }) })
  const arrived = backward({ from: pooled, start: g }).at(rectified)
  return { built: make(ops, arrived, rectified), written: make(layer('plain'), arrived, rectified) }
}

const above = (ops: Ops, x: Value) => ops.cast(ops.greater(x, 0), 'float32')
const between = (ops: Ops, x: Value) => ops.cast(ops.and(ops.greater(x, 0), ops.less(x, 2)), 'float32')

it.each([
  ['a ReLU, over tiles', tiles, above],
  ['a ReLU, over windows that overlap', overlapping, above],
  ['a ReLU6', tiles, between],
])('the mask of %s is applied before the pool', async (_, pool, mask) => {
  for (const make of [
    (ops: Ops, arrived: Value, x: Value) => ops.mul(arrived, mask(ops, x)),
    (ops: Ops, arrived: Value, x: Value) => ops.mul(mask(ops, x), arrived),
  ]) {
    const { built, written } = both(pool, make)
    expect(built.node.inputs.map(({ node }) => node.op)).not.toEqual(
      written.node.inputs.map(({ node }) => node.op),
    )
    await expectSame(built, written, shapes, {})
  }
})

it('the rectifier of guided backpropagation is applied before tiles, and after windows that overlap', async () => {
  const rectify = (ops: Ops, arrived: Value) => ops.relu(arrived)
  const { built, written } = both(tiles, rectify)
  expect(built.node.op).toBe('Mul')
  await expectSame(built, written, shapes, {})
  expect(both(overlapping, rectify).built.node.op).toBe('Relu')
})

it('a mask over anything else stays where it is', () => {
  const other = (ops: Ops, arrived: Value, x: Value) => ops.mul(arrived, above(ops, ops.add(x, x)))
  const { built, written } = both(tiles, other)
  expect(built.node.inputs.map(({ node }) => node.op)).toEqual(written.node.inputs.map(({ node }) => node.op))
})
