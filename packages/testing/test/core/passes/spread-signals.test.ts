import { createGraph, type Ops, type Value } from '@saliency/core'
import { expect, it } from 'vitest'
import { expectSame } from './same.ts'

const shapes = { small: ['n', 4, 3, 2], other: ['n', 4, 3, 2], whole: ['n', 4, 6, 5] } as const
const parameters = { pixel: [5, 4, 1, 1], window: [5, 4, 3, 3] } as const
const spacing = { strides: [2, 3], outputPadding: [1, 1], group: 4 } as const

/** A small signal and another one with zeros between their rows and columns, a whole signal, and kernels. */
function signalsOf(ops: Ops) {
  const [small, other, whole] = Object.entries(shapes).map(([name, shape]) => ops.input(name, shape)) as [
    Value,
    Value,
    Value,
  ]
  const [pixel, window] = Object.entries(parameters).map(([name, shape]) => ops.parameter(name, shape)) as [
    Value,
    Value,
  ]
  const spread = (by: Ops, value: Value) =>
    by.convTranspose(value, by.fill([4, 1, 1, 1], 1), undefined, spacing)
  return { small, other, whole, pixel, window, spread }
}

type Signals = ReturnType<typeof signalsOf>
type Make = (ops: Ops, signals: Signals) => Value

/** What is built of spread signals, and the same as layers of a model, which stay as they are. */
function both(make: Make) {
  const { ops, layer } = createGraph()
  const signals = signalsOf(ops)
  return { built: make(ops, signals), written: make(layer('plain'), signals) }
}

const simplified: readonly [string, string, Make][] = [
  [
    'two are added',
    'Add',
    (ops, { small, other, spread }) => ops.add(spread(ops, small), spread(ops, other)),
  ],
  ['one is rectified', 'Relu', (ops, { small, spread }) => ops.relu(spread(ops, small))],
  [
    'one is masked, from the right',
    'Mul',
    (ops, { small, whole, spread }) =>
      ops.mul(spread(ops, small), ops.cast(ops.greater(whole, 0.1), 'float32')),
  ],
  [
    'one is masked, from the left',
    'Mul',
    (ops, { small, whole, spread }) =>
      ops.mul(ops.cast(ops.lessOrEqual(whole, 0), 'float32'), spread(ops, small)),
  ],
  [
    'a convolution of one pixel reads one',
    'Conv',
    (ops, { small, pixel, spread }) => ops.conv(spread(ops, small), pixel),
  ],
]

it.each(simplified)('zeros come in after %s', async (_, op, make) => {
  const { built, written } = both(make)
  expect(built.node.op).toBe('ConvTranspose')
  expect(built.node.inputs[0]?.node.op).toBe(op)
  await expectSame(built, written, shapes, parameters)
})

it.each<[string, Make]>([
  [
    'two of different spacing are added',
    (ops, { small, whole, spread }) =>
      ops.add(
        spread(ops, small),
        ops.convTranspose(
          ops.slice(whole, { axes: [3], starts: [0], ends: [2] }),
          ops.fill([4, 1, 1, 1], 1),
          undefined,
          {
            ...spacing,
            strides: [1, 3],
            outputPadding: [0, 1],
          },
        ),
      ),
  ],
  ['one is added to a whole signal', (ops, { small, whole, spread }) => ops.add(whole, spread(ops, small))],
  ['one is multiplied by numbers', (ops, { small, whole, spread }) => ops.mul(spread(ops, small), whole)],
  ['a wider convolution reads one', (ops, { small, window, spread }) => ops.conv(spread(ops, small), window)],
])('they stay where %s', async (_, make) => {
  const { built, written } = both(make)
  expect(built.node.op).toBe(written.node.op)
  await expectSame(built, written, shapes, parameters)
})
