import { createGraph, summedConvolutions, type Ops, type Value } from '@saliency/core'
import { expect, it } from 'vitest'
import { expectSame } from './same.ts'

const shapes = { x: ['n', 4, 5, 6] } as const
const kernels = { w: [3, 4, 3, 2], t: [4, 3, 3, 2], b: [3] } as const
type Make = (ops: Ops, x: Value, kernels: { w: Value; t: Value; b: Value }) => Value

const strided: Make = (ops, x, { w }) => ops.conv(x, w, undefined, { strides: [2, 1], pads: [1, 0, 1, 1] })
const transposed: Make = (ops, x, { t }) =>
  ops.convTranspose(x, t, undefined, { strides: [2, 2], pads: [1, 0, 0, 1], outputPadding: [1, 0] })

function start() {
  const { ops, layer } = createGraph()
  const [w, t, b] = Object.entries(kernels).map(([name, shape]) => ops.parameter(name, shape)) as [
    Value,
    Value,
    Value,
  ]
  return { ops, layer, x: ops.input('x', shapes.x), parameters: { w, t, b } }
}

it.each([
  ['convolution', strided],
  ['transposed convolution', transposed],
])(
  'the sum over channels of a %s is one with one kernel, and what reads the sum reads that',
  async (_, make) => {
    const { ops, x, parameters } = start()
    const written = ops.abs(ops.reduceSum(make(ops, x, parameters), { axes: [1] }))
    const { built } = summedConvolutions.rewrite({ outputs: { built: written } }).outputs as { built: Value }
    expect(built.node.op).toBe('Abs')
    expect(built.node.inputs[0]?.node.op).toBe(make(ops, x, parameters).node.op)
    await expectSame(built, written, shapes, kernels)
  },
)

it.each<[string, Make]>([
  ['has a bias', (ops, x, { w, b }) => ops.conv(x, w, b)],
  [
    'has groups',
    (ops, x, { w }) => ops.conv(ops.concat([x, x, x], 1), ops.concat([w, w], 0), undefined, { group: 3 }),
  ],
])('stays as it is where the convolution %s', (_, make) => {
  const { ops, x, parameters } = start()
  const plan = { outputs: { sum: ops.reduceSum(make(ops, x, parameters), { axes: [1] }) } }
  expect(summedConvolutions.rewrite(plan).outputs).toEqual(plan.outputs)
})

it('stays as it is where the result is read again, returned, or a layer of the model', () => {
  const { ops, layer, x, parameters } = start()
  const result = strided(ops, x, parameters)
  const sum = ops.reduceSum(result, { axes: [1] })
  for (const outputs of [
    { sum, result },
    { sum, other: ops.relu(result) },
    { own: ops.reduceSum(strided(layer('own'), x, parameters), { axes: [1] }) },
    { mean: ops.reduceSum(strided(ops, x, { ...parameters, w: ops.abs(parameters.w) }), { axes: [2] }) },
  ]) {
    expect(summedConvolutions.rewrite({ outputs }).outputs).toEqual(outputs)
  }
})
