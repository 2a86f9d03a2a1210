import { createGraph, createModel, tensor, type FloatTensor, type Options } from '@saliency/core'
import { describeMethod, explainWith, oneHot, seededImages, tinyNetwork } from '@saliency/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fullgrad } from '../src/index.ts'

describeMethod(fullgrad)

/** relu(−0) is −0. */
const withoutMinusZero = ({ data }: FloatTensor): number[] => [...data].map((value) => value + 0)

describe('by hand', () => {
  // y = g · ReLU(2x + 1) + 0.5 on four pixels.
  //   x = 1 −2 3 0    z = 2x + 1 = 3 −3 7 1    g = 1 2 −1 4    y = 3 − 7 + 4 + 0.5 = 0.5
  //   ∂y/∂z = 1 0 −1 4    ∂y/∂x = 2 0 −2 8
  //   terms: x·∂y/∂x = 2 0 −6 0, 1·∂y/∂z = 1 0 −1 4; the dense layer's 0.5 has no place in the map
  // raw: 3 0 −7 4, whose sum 0 plus 0.5 is y.
  const expected: Readonly<Record<string, readonly number[]>> = {
    fullgrad: [1 / 3 + 1 / 4, 0, 1 + 1 / 4, 1],
    'fullgrad-positive': [1 + 1 / 4, 0, 0, 1],
    'fullgrad-negative': [0, 0, 1 + 1, 0],
    'fullgrad-signed': [1 / 3 + 1 / 4, 0, -1 - 1 / 4, 1],
    'fullgrad-raw': [3, 0, -7, 4],
    'fullgrad-positive-gradient': [1 + 1 / 4, 0, 0, 1],
    'fullgrad-channelwise': [1 / 3 + 1 / 4, 0, 1 + 1 / 4, 1],
    'fullgrad-channelwise-signed': [1 / 3 + 1 / 4, 0, -1 - 1 / 4, 1],
    simplefullgrad: [1 / 3 + 1 / 4, 0, 1 + 1 / 4, 1],
    'simplefullgrad-signed': [1 / 3 + 1 / 4, 0, -1 - 1 / 4, 1],
  }

  it.each(Object.entries(expected))('%s', async (variant, values) => {
    const map = await mapOf({ w: 2, b: 1, x: [1, -2, 3, 0], g: [1, 2, -1, 4] }, variant)
    expect(map).toBeCloseToMap(tensor(Float32Array.from(values), [1, 1, 2, 2]), 1e-5)
  })

  // w = −2, b = −1, x = −1 −2 3 −2, g = −1 2 1 −4: z = 1 3 −7 3.
  //   ∂y/∂z = −1 2 0 −4, of which positive 0 2 0 0; ∂y/∂x = 2 −4 0 8, of which positive 2 0 0 8
  //   terms: x·(∂y/∂x)⁺ = −2 0 0 −16, b·(∂y/∂z)⁺ = 0 −2 0 0
  const ofPositive: Readonly<Record<string, readonly number[]>> = {
    absolute: [2, 2, 0, 16],
    positive: [0, 0, 0, 0],
    negative: [2, 2, 0, 16],
    signed: [-2, -2, 0, -16],
  }
  it.each(Object.entries(ofPositive))('%s contributions of positive gradients', async (psi, values) => {
    const network = { w: -2, b: -1, x: [-1, -2, 3, -2], g: [-1, 2, 1, -4] }
    const map = await mapOf(network, 'fullgrad-raw', { psi, gradient: 'positive' })
    expect(withoutMinusZero(map)).toEqual(values)
  })

  // w = 2, b = 1, x = −1 2 3 4, g = 1 2 −1 −4: z = −1 5 7 9.
  //   terms: x·(∂y/∂x)⁺ = 0 8 0 0, b·(∂y/∂z)⁺ = 0 2 0 0
  it.each([
    ['absolute', [0, 10, 0, 0]],
    ['positive', [0, 10, 0, 0]],
    ['negative', [0, 0, 0, 0]],
    ['signed', [0, 10, 0, 0]],
  ])('%s contributions of positive gradients at a positive bias', async (psi, values) => {
    const network = { w: 2, b: 1, x: [-1, 2, 3, 4], g: [1, 2, -1, -4] }
    const map = await mapOf(network, 'fullgrad-raw', { psi, gradient: 'positive' })
    expect(withoutMinusZero(map)).toEqual(values)
  })

  // w = 2, b = 1, x = 1 2 3 4, all open; g = 1 2 1 4, so that signed and positive gradients are the same.
  //   terms: |x·∂y/∂x| = 2 8 6 32, less 2, over 30: 0 1/5 2/15 1; |b·∂y/∂z| = 1 2 1 4, less 1, over 3: 0 1/3 0 1
  it.each([
    ['fullgrad', 'signed'],
    ['fullgrad', 'positive'],
    ['fullgrad-channelwise', 'signed'],
    ['fullgrad-channelwise', 'positive'],
  ])('%s of %s gradients takes the least off', async (variant, gradient) => {
    const map = await mapOf({ w: 2, b: 1, x: [1, 2, 3, 4], g: [1, 2, 1, 4] }, variant, { gradient })
    expect(map).toBeCloseToMap(tensor(Float32Array.of(0, 8 / 15, 2 / 15, 2), [1, 1, 2, 2]), 1e-5)
  })

  interface Net {
    readonly w: number
    readonly b: number
    readonly x: readonly number[]
    readonly g: readonly number[]
  }

  /** The map of y = g · ReLU(w x + b) + 0.5. */
  async function mapOf({ w, b, x, g }: Net, variant: string, options: Options = {}): Promise<FloatTensor> {
    const graph = createGraph()
    const image = graph.ops.input('image', ['n', 1, 2, 2])
    const conv = graph.layer('conv')
    const kernel = conv.parameter('conv/kernel', [1, 1, 1, 1], 'kernel')
    const z = conv.conv(image, kernel, conv.parameter('conv/bias', [1], 'bias'))
    const flat = graph.layer('flatten').flatten(graph.layer('relu').relu(z))
    const dense = graph.layer('dense')
    const weight = dense.parameter('dense/kernel', [4, 1], 'kernel')
    const logits = dense.gemm(flat, weight, dense.parameter('dense/bias', [1], 'bias'))
    const maps = await explainWith({
      model: createModel({ name: 'by hand', graph, image, logits, head: 'none' }),
      weights: new Map([
        ['conv/kernel', tensor(Float32Array.of(w), [1, 1, 1, 1])],
        ['conv/bias', tensor(Float32Array.of(b), [1])],
        ['dense/kernel', tensor(Float32Array.from(g), [4, 1])],
        ['dense/bias', tensor(Float32Array.of(0.5), [1])],
      ]),
      method: fullgrad,
      variants: [variant],
      options,
      inputs: tensor(Float32Array.from(x), [1, 1, 2, 2]),
      direction: tensor(Float32Array.of(1), [1, 1]),
    })
    return maps.get(variant) as FloatTensor
  }
})

describe('identities', () => {
  const combine = (a: FloatTensor, b: FloatTensor, sign: number) =>
    tensor(
      a.data.map((value, at) => value + sign * Number(b.data[at])),
      a.shape,
    )

  it('positive − negative = signed and positive + negative = absolute, before rescaling', async () => {
    const anyNetwork = fc.constantFrom('skip', 'conv-pool', 'batch-norm', 'depthwise', 'concat')
    await fc.assert(
      fc.asyncProperty(anyNetwork, fc.integer({ min: 1, max: 10_000 }), async (name, seed) => {
        const { model, weights } = tinyNetwork(name, { seed })
        const inputs = seededImages(model, 1, seed)
        const variants = ['fullgrad', 'fullgrad-positive', 'fullgrad-negative', 'fullgrad-signed']
        const request = { model, weights, method: fullgrad, variants, inputs, direction: oneHot(model, [1]) }
        const maps = await explainWith({ ...request, options: { rescale: 'none' } })
        const [absolute, positive, negative, signed] = variants.map((name) => maps.get(name) as FloatTensor)
        expect(combine(positive!, negative!, -1)).toBeCloseToMap(signed!, 1e-5)
        expect(combine(positive!, negative!, 1)).toBeCloseToMap(absolute!, 1e-5)
      }),
      { numRuns: 30, seed: 3 },
    )
  })

  it('−y leaves magnitudes as they are: FullGrad does not see the sign', async () => {
    const { model, weights } = tinyNetwork('batch-norm')
    const request = { model, weights, method: fullgrad, inputs: seededImages(model, 2) }
    const maps = await explainWith({ ...request, direction: oneHot(model, [1, 3]) })
    const opposite = await explainWith({ ...request, direction: oneHot(model, [1, 3], -1) })
    for (const name of ['fullgrad', 'fullgrad-channelwise', 'simplefullgrad']) {
      expect(opposite.get(name)?.data, name).toEqual(maps.get(name)?.data)
    }
    expect(opposite.get('fullgrad-positive')).toBeCloseToMap(maps.get('fullgrad-negative') as FloatTensor)
  })
})
