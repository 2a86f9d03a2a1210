import { expect, test } from 'vitest'
import { createGraph, imageByImage, tensor, type Session, type Tensor } from '../src/index.ts'

/** A session for one image that multiplies it by 10, and returns a constant besides. */
const single: Session = {
  async run({ image }: Readonly<Record<string, Tensor>>) {
    expect(image?.shape).toEqual([1, 2])
    const scores = Float32Array.from(image?.data as Float32Array, (value) => value * 10)
    return { scores: tensor(scores, [1, 2]), factor: tensor(Float32Array.of(10), [1]) }
  },
  dispose: async () => {},
}

function plan(batch?: 1) {
  const { ops } = createGraph(batch === undefined ? {} : { batch })
  const factor = ops.parameter('factor', [1])
  return { outputs: { scores: ops.mul(ops.input('image', ['n', 2]), factor), factor } }
}

const images = tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2])

test('in a graph for one image, shapes given with the batch mean one image', () => {
  const { scores } = plan(1).outputs
  expect(scores.shape).toEqual([1, 2])
  expect(scores.graph.ops.reshape(scores, ['2*n']).shape).toEqual([2])
})

test('a batch is run image by image, and what does not depend on images is returned once', async () => {
  const { scores, factor } = await imageByImage(plan(1), single).run({ image: images })
  expect(scores).toEqual(tensor(Float32Array.of(10, 20, 30, 40, 50, 60), [3, 2]))
  expect(factor).toEqual(tensor(Float32Array.of(10), [1]))
})

test('a graph for any batch keeps its session', () => {
  expect(imageByImage(plan(), single)).toBe(single)
})

test('feeds of several batch sizes are refused', async () => {
  const direction = tensor(new Float32Array(4), [2, 2])
  await expect(imageByImage(plan(1), single).run({ image: images, direction })).rejects.toMatchObject({
    code: 'ENGINE',
    message: "The input 'direction' has a batch of 2, but 'image' one of 3.",
  })
})
