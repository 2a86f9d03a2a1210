import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../../../core/src/engine.ts'
import { backward } from '../../../core/src/backward/backward.ts'
import { vjps } from '../../../core/src/backward/vjp.ts'
import { createGraph } from '../../../core/src/graph/graph.ts'
import { ancestors } from '../../../core/src/graph/reach.ts'
import { createRandom } from '../../../core/src/random.ts'
import { tensor } from '../../../core/src/tensor.ts'
import { fixed, gradientCases, type GradientCase } from './gradient-cases.ts'

const STEP = 1e-2

/** Inputs no closer than 0.05 to a kink at 0 and to each other's values, so that a step crosses none. */
function inputsFor({ op, name, shape = [2, 3, 4], positive = false }: GradientCase): {
  shape: number[]
  data: Float32Array
} {
  const random = createRandom('gradients', op, name ?? '')
  const size = shape[0] * shape[1] * shape[2]
  const data = Float32Array.from(
    random.shuffle([...Array(size).keys()]),
    (rank) => ((rank + 0.5) / size - 0.5) * 4 + 0.013,
  )
  return { shape: [...shape], data: positive ? data.map((value) => Math.abs(value) + 0.5) : data }
}

describe('the gradient of every operator equals central finite differences', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await openOnnxRuntime()
  })

  it('has a case for every operator with a gradient', () => {
    // What a case is called says nothing: the operator itself must be in what it builds.
    const operatorsOf = ({ op, apply, shape = [2, 3, 4] }: GradientCase) => {
      const { ops } = createGraph()
      const nodes = ancestors([apply(ops, ops.input('x', ['n', ...shape]))])
      return nodes.some((node) => node.op === op) ? [op] : []
    }
    expect(new Set(gradientCases.flatMap(operatorsOf))).toEqual(new Set(Object.keys(vjps)))
  })

  it.each(gradientCases.map((each) => [each.name ?? each.op, each] as const))('%s', async (_, each) => {
    const { shape, data } = inputsFor(each)
    const { ops } = createGraph()
    const x = ops.input('x', ['n', ...shape])
    const y = each.apply(ops, x)
    const weights = ops.mul(ops.fill(y.shape, 1), fixed(ops, ...y.shape.slice(1).map(Number)))
    const signal = backward({ from: y, start: weights }).at(x)
    const loss = ops.reduceSum(ops.mul(y, weights), {
      axes: y.shape.map((__, axis) => axis).slice(1),
      keepdims: false,
    })
    const session = await engine.open({ outputs: { signal, loss } }, new Map())

    const size = data.length
    const batch = new Float32Array(2 * size * size)
    for (let row = 0; row < 2 * size; row++) {
      batch.set(data, row * size)
      const at = row * size + (row >> 1)
      batch[at] = (batch[at] as number) + (row % 2 === 0 ? STEP : -STEP)
    }
    const losses = (await session.run({ x: tensor(batch, [2 * size, ...shape]) })).loss?.data as Float32Array
    const gradient = (await session.run({ x: tensor(data, [1, ...shape]) })).signal?.data as Float32Array
    await session.dispose()

    const largest = Math.max(1, ...gradient.map(Math.abs))
    for (const [index, value] of gradient.entries()) {
      const difference = ((losses[2 * index] as number) - (losses[2 * index + 1] as number)) / (2 * STEP)
      expect(
        Math.abs(value - difference) / largest,
        `element ${index}: ${value}, differences give ${difference}`,
      ).toBeLessThan(5e-3)
    }
    expect(gradient.some((value) => value !== 0)).toBe(true)
  })
})
