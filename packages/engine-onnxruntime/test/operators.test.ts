import { createGraph, tensor, type Engine } from '@saliency/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { openOnnxRuntime } from '../src/index.ts'
import { cases } from './cases.ts'

const weights = new Map([['layer/w', tensor(Float32Array.of(1, 2, 3, 4), [1, 1, 2, 2])]])
const image = [-1, 0, 2, 0.5]

describe.each(['native', 'wasm'] as const)('%s', (backend) => {
  let engine: Engine
  beforeAll(async () => {
    engine = await openOnnxRuntime({ backend, threads: 1 })
  })

  test.each(Object.entries(cases).flatMap(([op, list]) => list.map((item, index) => ({ op, item, index }))))(
    '$op $index',
    async ({ op, item }) => {
      const graph = createGraph()
      const ops = graph.layer('layer')
      const x = ops.input('image', ['n', 1, 2, 2])
      const result = item.make(ops, x, ops.parameter('layer/w', [1, 1, 2, 2]))
      expect(graph.nodes.some((node) => node.op === op)).toBe(true)
      const session = await engine.open({ outputs: { result } }, weights)
      const single = await session.run({ image: tensor(Float32Array.from(image), [1, 1, 2, 2]) })
      expect(single['result']?.dtype).toBe(item.dtype ?? 'float32')
      const actual = Array.from(single['result']?.data ?? [], Number)
      expect(actual).toHaveLength(item.expected.length)
      for (const [index, value] of item.expected.entries()) expect(actual[index]).toBeCloseTo(value, 5)

      // A batch of five is five batches of one, and its shape is what was inferred.
      const five = tensor(
        Float32Array.from({ length: 20 }, (_, index) => image[index % 4] ?? 0),
        [5, 1, 2, 2],
      )
      const batch = (await session.run({ image: five }))['result']
      const shape = result.shape.map((dim) =>
        typeof dim === 'number' ? dim : 5 * (dim === 'n' ? 1 : Number.parseInt(dim)),
      )
      expect(batch?.shape).toEqual(shape)
      const last = Array.from(batch?.data ?? [], Number).slice(-item.expected.length)
      const indices = op === 'MaxPool' && item.dtype === 'int64'
      for (const [index, value] of item.expected.entries()) {
        expect(last[index]).toBeCloseTo(value + (indices ? 16 : 0), 5)
      }
      await session.dispose()
    },
  )
})
