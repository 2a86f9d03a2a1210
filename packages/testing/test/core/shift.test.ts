import {
  createGraph,
  createModel,
  createRandom,
  resolveWeights,
  tensor,
  type FloatTensor,
  type Weights,
} from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { runOnce } from '../../src/index.ts'

const random = createRandom('shift')
const values = (...shape: number[]): FloatTensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  )
const positive = ({ data, shape }: FloatTensor) =>
  tensor(
    data.map((value) => Math.abs(value) + 0.5),
    shape,
  )

/** A convolution without padding, with a bias or a batch norm behind it, and a dense head. */
function net(kind: 'bias' | 'norm' | 'neither') {
  const graph = createGraph()
  const { ops } = graph
  const image = ops.input('image', ['n', 2, 6, 6])
  const kernel = ops.parameter('k', [3, 2, 3, 3], 'kernel')
  const conv = graph
    .layer('conv')
    .conv(image, kernel, kind === 'bias' ? ops.parameter('b', [3], 'bias') : undefined)
  const p = (name: 'gamma' | 'beta' | 'mean' | 'variance') => ops.parameter(name, [3], name)
  const features =
    kind === 'norm'
      ? graph.layer('bn').batchNormalization(conv, p('gamma'), p('beta'), p('mean'), p('variance'), 1e-3)
      : conv
  const flat = graph.layer('flatten').flatten(graph.layer('relu').relu(features))
  const logits = graph.layer('fc').gemm(flat, ops.parameter('w', [48, 4], 'kernel'))
  const weights: Weights = new Map([
    ['k', values(3, 2, 3, 3)],
    ['b', values(3)],
    ['gamma', values(3)],
    ['beta', values(3)],
    ['mean', values(3)],
    ['variance', positive(values(3))],
    ['w', values(48, 4)],
  ])
  return { model: createModel({ name: kind, graph, image, logits, head: 'none' }), weights }
}

describe('a shift of the input that the first layer takes back', () => {
  it.each(['bias', 'norm'] as const)('leaves every prediction as it was: %s', async (kind) => {
    const { model, weights } = net(kind)
    const image = values(3, 2, 6, 6)
    const shifted = tensor(
      image.data.map((value) => value + 0.7),
      image.shape,
    )
    const predict = async (input: FloatTensor, state: Weights) =>
      (await runOnce({ logits: model.logits }, state, { image: input }))['logits'] as FloatTensor
    const compensated = resolveWeights({ kind: 'shifted', amount: 0.7 }, { model, weights }, { seed: 1 })
    const before = await predict(image, weights)
    const after = await predict(shifted, compensated)
    for (const [index, value] of before.data.entries()) expect(after.data[index]).toBeCloseTo(value, 3)
    const uncompensated = await predict(shifted, weights)
    expect(Math.abs((uncompensated.data[0] as number) - (before.data[0] as number))).toBeGreaterThan(1e-2)
  })

  it('is refused, with the layer, where nothing can take it', () => {
    const { model, weights } = net('neither')
    expect(() => resolveWeights({ kind: 'shifted', amount: 1 }, { model, weights }, { seed: 1 })).toThrow(
      "layer 'conv' has neither a bias nor batch norm behind it",
    )
  })
})
