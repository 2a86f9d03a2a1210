import { createGraph, tensor } from '@saliency/core'
import { expect, test } from 'vitest'
import { openOnnxRuntime } from '../src/index.ts'

const engine = openOnnxRuntime({ threads: 1 })

/** A resize between two transposes, which ONNX Runtime moves through it, and the same on an image that is not turned. */
test.each([
  ['nearest', 'asymmetric', [8, 12]],
  ['nearest', 'asymmetric', [9, 13]],
  ['nearest', 'half_pixel', [8, 12]],
  ['linear', 'align_corners', [7, 11]],
  ['linear', 'half_pixel', [2, 9]],
] as const)('%s, %s to %j, with the channels last before and behind it', async (mode, coordinates, size) => {
  const { ops } = createGraph()
  const turned = ops.input('turned', ['n', 4, 6, 3])
  const image = ops.input('image', ['n', 3, 4, 6])
  const larger = (value: typeof image) => ops.resize(ops.div(value, 3), size, { mode, coordinates })
  const last = ops.transpose(larger(ops.transpose(turned, [0, 3, 1, 2])), [0, 2, 3, 1])
  const session = await (
    await engine
  ).open({ outputs: { last, expected: ops.transpose(larger(image), [0, 2, 3, 1]) } }, new Map())
  const data = Float32Array.from({ length: 2 * 72 }, (_, index) => Math.sin(index))
  const first = Float32Array.from({ length: data.length }, (_, index) => {
    const [n, c, place] = [Math.floor(index / 72), Math.floor(index / 24) % 3, index % 24]
    return data[n * 72 + place * 3 + c] as number
  })
  const results = await session.run({
    turned: tensor(data, [2, 4, 6, 3]),
    image: tensor(first, [2, 3, 4, 6]),
  })
  await session.dispose()
  expect([...(results['last']?.data ?? [])]).toEqual([...(results['expected']?.data ?? [])])
})
