import { createGraph, tensor, type Ops, type Value } from '@saliency/core'
import { decodeModel } from '@saliency/onnx-proto'
import { describe, expect, it } from 'vitest'
import { openOnnxRuntime, toOnnx } from '../../src/index.ts'
import { writePlan } from '../../src/write/to-onnx.ts'

const special: readonly number[] = [-Infinity, -2, -1e-30, -0, 0, 1e-30, 0.5, 1, Infinity]
const engine = await openOnnxRuntime({ threads: 1 })

/** What a comparison of numbers, cast to numbers, is written as, and what it computes. */
async function written(compare: (ops: Ops, x: Value) => Value, numbers = special) {
  const { ops } = createGraph()
  const mask = ops.cast(compare(ops, ops.input('x', ['n'])), 'float32')
  const plan = { outputs: { mask } }
  const session = await engine.open(plan, new Map())
  const result = await session.run({ x: tensor(Float32Array.from(numbers), [numbers.length]) })
  await session.dispose()
  return {
    operators: decodeModel(toOnnx(plan, new Map())).graph?.node?.map(({ opType }) => opType),
    values: [...(result['mask']?.data ?? [])],
  }
}

describe('a comparison with zero as a number', () => {
  it.each([
    ['>', (ops: Ops, x: Value) => ops.greater(x, 0), (x: number) => x > 0],
    ['≥', (ops: Ops, x: Value) => ops.greaterOrEqual(x, 0), (x: number) => x >= 0],
  ] as const)('is one hard sigmoid: x %s 0', async (_, compare, holds) => {
    const { operators, values } = await written(compare)
    expect(operators).toEqual(['HardSigmoid'])
    expect(values).toEqual(special.map((x) => Number(holds(x))))
  })
})

/** The neighbours of a number in float32. */
function around(limit: number): readonly number[] {
  const bits = new Int32Array(1)
  const number = new Float32Array(bits.buffer)
  return [-1, 0, 1].map((step) => {
    number[0] = limit
    bits[0]! += step
    return number[0]
  })
}

describe('a comparison with any other constant is one too, and exact at its neighbours', () => {
  it.each([6, 1, -1, 0.1, 1e-20, 3e4, 1e30])('%d', async (given) => {
    const limit = Math.fround(given)
    const own = [-Infinity, -7, 0, 7, Infinity, ...around(limit)]
    for (const [compare, holds] of [
      [(ops: Ops, x: Value) => ops.greater(x, limit), (x: number) => x > limit],
      [(ops: Ops, x: Value) => ops.less(x, limit), (x: number) => x < limit],
    ] as const) {
      const { operators, values } = await written(compare, own)
      expect(operators).toEqual(['HardSigmoid'])
      expect(values).toEqual(own.map((x) => Number(holds(x))))
    }
  })
})

it('an interval, as that of ReLU6, is the product of two', async () => {
  const own = [...special, ...around(6), 7]
  const inside = (ops: Ops, x: Value) => ops.and(ops.greater(x, 0), ops.less(x, 6))
  const { operators, values } = await written(inside, own)
  expect(operators).toEqual(['HardSigmoid', 'HardSigmoid', 'Mul'])
  expect(values).toEqual(own.map((x) => Number(x > 0 && x < 6)))
})

describe('on a processor, the mask of a clip from 0 behind a convolution', () => {
  const channels = 16
  const inside = (ops: Ops, y: Value, limit: number) =>
    ops.cast(ops.and(ops.greater(y, 0), ops.less(y, limit)), 'float32')
  const operatorsOf = (mask: Value) =>
    writePlan({ outputs: { mask } }, true).model.graph?.node?.map(({ opType }) => opType) ?? []

  it.each([6, 1, 0.1, 1e-20, 20, 3e4])('is exact at the neighbours of both bounds: %d', async (given) => {
    const limit = Math.fround(given)
    const own = [-7, -1e-37, 0, 1e-37, limit / 4, ...around(limit / 2), ...around(limit), limit * 1.5]
    const { ops } = createGraph()
    const identity = ops.constant(
      Array.from({ length: channels ** 2 }, (_, at) => Number(at % (channels + 1) === 0)),
      [channels, channels, 1, 1],
    )
    const x = ops.input('x', ['n', channels, 1, own.length])
    const plan = { outputs: { mask: inside(ops, ops.clip(ops.conv(x, identity), 0, limit), limit) } }
    const session = await engine.open(plan, new Map())
    const data = Float32Array.from({ length: channels * own.length }, (_, at) => own[at % own.length]!)
    const result = await session.run({ x: tensor(data, [1, channels, 1, own.length]) })
    await session.dispose()
    const wanted = [...data].map((value) => Number(value > 0 && value < limit))
    expect([...result['mask']!.data]).toEqual(wanted)
  })

  it('is one hard sigmoid of the distance to the nearer bound, and two everywhere else', () => {
    const { ops } = createGraph()
    const x = ops.input('x', ['n', channels, 4, 4])
    const convolution = ops.conv(x, ops.parameter('w', [channels, channels, 1, 1]))
    const clipped = (low: number, high: number) => ops.clip(convolution, low, high)
    const near = ['HardSigmoid', 'BatchNormalization', 'Add', 'HardSigmoid']
    expect(operatorsOf(inside(ops, clipped(0, 6), 6))).toEqual(['Conv', 'Clip', ...near])
    const two = ['HardSigmoid', 'HardSigmoid', 'Mul']
    expect(operatorsOf(inside(ops, ops.clip(x, 0, 6), 6))).toEqual(['Clip', ...two])
    expect(operatorsOf(inside(ops, clipped(0, 6), 5))).toEqual(['Conv', 'Clip', ...two])
    expect(operatorsOf(inside(ops, clipped(-1, 6), 6))).toEqual(['Conv', 'Clip', ...two])
    expect(operatorsOf(inside(ops, clipped(0, 1e35), 1e35))).toEqual(['Conv', 'Clip', ...two])
    // Of a convolution that something else reads, too, the clip is an operator of its own, on rows.
    const read = ops.add(inside(ops, clipped(0, 6), 6), convolution)
    expect(operatorsOf(read)).toEqual(['Conv', 'Clip', ...two, 'Add'])
  })
})

it.each([
  ['x ≥ 1', (ops: Ops, x: Value) => ops.greaterOrEqual(x, 1), (x: number) => x >= 1],
  ['x ≤ 0', (ops: Ops, x: Value) => ops.lessOrEqual(x, 0), (x: number) => x <= 0],
] as const)('any other comparison stays: %s', async (_, compare, holds) => {
  const { operators, values } = await written(compare)
  expect(operators).not.toContain('HardSigmoid')
  expect(values).toEqual(special.map((x) => Number(holds(x))))
})
