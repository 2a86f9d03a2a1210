import { createGraph, createModel, createRandom, tensor, type FloatTensor } from '@saliency/core'
import { explainWith } from '@saliency/testing'
import { expect, it } from 'vitest'
import { fullgrad } from '../src/index.ts'

const random = createRandom('axis order')
const noise = (...shape: number[]): FloatTensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
    shape,
  )
const weights = new Map([
  ['conv/kernel', noise(3, 2, 3, 3)],
  ['inner/kernel', noise(3, 3)],
  ['inner/bias', noise(3)],
  ['dense/kernel', noise(3, 4)],
  ['dense/bias', noise(4)],
])
const inputs = noise(2, 2, 8, 4)
const direction = tensor(Float32Array.of(1, 0, 0, 0, 0, 0, 1, 0), [2, 4])

type Order = 'channels first' | 'channels last' | 'tokens' | 'windows'

/** One network of which the layer with the bias sees its axes in another order, and a 3×3 convolution in front of it. */
function mapsIn(order: Order, variants: readonly string[]): Promise<Map<string, FloatTensor>> {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', 2, 8, 4])
  const conv = graph.layer('conv')
  const pads = { pads: [1, 1, 1, 1] } as const
  const features = conv.conv(image, conv.parameter('conv/kernel', [3, 2, 3, 3], 'kernel'), undefined, pads)
  const inner = graph.layer('inner')
  const kernel = inner.parameter('inner/kernel', [3, 3], 'kernel')
  const bias = inner.parameter('inner/bias', [3], 'bias')
  const { ops } = graph
  const last = ops.transpose(features, [0, 2, 3, 1])
  const through = (value: typeof last) => inner.add(inner.matMul(value, kernel), bias)
  const behind = {
    'channels first': () =>
      inner.conv(features, inner.reshape(inner.transpose(kernel, [1, 0]), [3, 3, 1, 1]), bias),
    'channels last': () => ops.transpose(through(last), [0, 3, 1, 2]),
    tokens: () => {
      const tokens = through(ops.reshape(last, ['n', 32, 3]))
      return ops.reshape(ops.transpose(tokens, [0, 2, 1]), ['n', 3, 8, 4])
    },
    windows: () => {
      const cut = ops.transpose(ops.reshape(last, ['n', 2, 4, 1, 4, 3]), [0, 1, 3, 2, 4, 5])
      const windows = through(ops.reshape(cut, ['2*n', 4, 4, 3]))
      const whole = ops.transpose(ops.reshape(windows, ['n', 2, 1, 4, 4, 3]), [0, 1, 3, 2, 4, 5])
      return ops.transpose(ops.reshape(whole, ['n', 8, 4, 3]), [0, 3, 1, 2])
    },
  }[order]()
  const pooled = ops.reduceMean(ops.relu(behind), { axes: [2, 3], keepdims: false })
  const dense = graph.layer('dense')
  const logits = dense.gemm(
    pooled,
    dense.parameter('dense/kernel', [3, 4], 'kernel'),
    dense.parameter('dense/bias', [4], 'bias'),
  )
  const model = createModel({ name: order, graph, image, logits, head: 'none' })
  return explainWith({ model, weights, method: fullgrad, variants, inputs, direction })
}

const variants = Object.keys(fullgrad.variants)

it.each(['channels last', 'tokens'] as const)('%s: the same maps as with channels first', async (order) => {
  const [expected, found] = [await mapsIn('channels first', variants), await mapsIn(order, variants)]
  for (const variant of variants)
    expect(found.get(variant)).toBeCloseToMap(expected.get(variant) as FloatTensor, 1e-5)
})

it('windows: a map at the size of the image, without the terms that have no place in it', async () => {
  const found = await mapsIn('windows', variants)
  for (const variant of variants) {
    const { shape, data } = found.get(variant) as FloatTensor
    expect(shape).toEqual([2, 1, 8, 4])
    expect(data.every(Number.isFinite)).toBe(true)
  }
})
