import { createGraph, tensor, type Ops, type Value } from '@saliency/core'
import { decodeModel } from '@saliency/onnx-proto'
import { describe, expect, it } from 'vitest'
import { openOnnxRuntime, toOnnx } from '../../src/index.ts'

const numbers = [-Infinity, -2, -1e-30, -0, 0, 1e-30, 0.5, 1, Infinity]
const engine = await openOnnxRuntime({ threads: 1 })

/** What a comparison of numbers, cast to numbers, is written as, and what it computes. */
async function written(compare: (ops: Ops, x: Value) => Value) {
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
    expect(values).toEqual(numbers.map((x) => Number(holds(x))))
  })
})

it.each([
  ['x > 1', (ops: Ops, x: Value) => ops.greater(x, 1), (x: number) => x > 1],
  ['x < 0', (ops: Ops, x: Value) => ops.less(x, 0), (x: number) => x < 0],
] as const)('any other comparison stays: %s', async (_, compare, holds) => {
  const { operators, values } = await written(compare)
  expect(operators).not.toContain('HardSigmoid')
  expect(values).toEqual(numbers.map((x) => Number(holds(x))))
})
