import {
  backward,
  createGraph,
  createModel,
  directionInput,
  tensor,
  type FloatTensor,
  type Options,
  type LoadedModel,
  type Value,
} from '@saliency/core'
import { describeMethod, explainWith, oneHot, runOnce, seededImages, tinyNetwork } from '@saliency/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rectgrad } from '../src/index.ts'

// On tiny layers few values lie beyond percentile 98, so a rounding error of one decides on a whole path.
describeMethod(rectgrad, { tolerance: 1e-4 })

/** y = w · f(x) on four pixels, f a ReLU unless another activation is given. */
function byHand(activation = (x: Value): Value => x.graph.layer('relu').relu(x)): LoadedModel {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', 1, 2, 2])
  const flat = graph.layer('flatten').flatten(activation(image))
  const dense = graph.layer('dense')
  const logits = dense.gemm(flat, dense.parameter('kernel', [4, 1], 'kernel'))
  return {
    model: createModel({ name: 'by hand', graph, image, logits, head: 'none' }),
    weights: new Map([['kernel', tensor(Float32Array.of(3, 4, -5, 1), [4, 1])]]),
  }
}

describe('by hand', () => {
  // x = 1 −1 2 3, so a = 1 0 2 3; R = w = 3 4 −5 1; a·R = 3 0 −10 3 and a·|R| = 3 0 10 3.
  //   percentile 50 of a·R sorted −10 0 3 3: position 1.5, τ = 1.5: first and last pass
  //   percentile 50 of a·|R| sorted 0 3 3 10: τ = 3, and 3 > 3 is false: the third alone passes
  //   percentile 0 of a·R: τ = −10, so the closed unit passes as well (a·R = 0 > −10)
  //   τ = 0: guided backpropagation and the gradient
  const cases = [
    ['rectgrad-80', { percentile: 50 }, [3, 0, 0, 1]],
    ['rectgrad-80-signed', { percentile: 50 }, [0, 0, -5, 0]],
    ['rectgrad-80', { percentile: 0 }, [3, 4, 0, 1]],
    ['rectgrad-80', { percentile: 100 }, [0, 0, 0, 0]],
    ['rectgrad-constant', { inputProduct: false }, [3, 0, 0, 1]],
    ['rectgrad-constant-signed', { inputProduct: false }, [3, 0, -5, 1]],
    ['rectgrad-constant', {}, [3, 0, 0, 3]],
    ['rectgrad-constant', { inputProduct: false, tau: -20 }, [3, 4, -5, 1]],
  ] as const
  it.each(cases)('%s with %o', async (variant, options, values) => {
    const inputs = tensor(Float32Array.of(1, -1, 2, 3), [1, 1, 2, 2])
    const direction = tensor(Float32Array.of(1), [1, 1])
    const maps = await explainWith({
      ...byHand(),
      method: rectgrad,
      variants: [variant],
      options,
      inputs,
      direction,
    })
    expect(Array.from(maps.get(variant)?.data ?? [], (value) => value + 0)).toEqual(values)
  })
})

describe('other rectifiers by hand', () => {
  async function mapOf(
    activation: (x: Value) => Value,
    options: Options,
    x = [1, -1, 2, 3],
  ): Promise<readonly number[]> {
    const maps = await explainWith({
      ...byHand(activation),
      method: rectgrad,
      variants: ['rectgrad-80'],
      options,
      inputs: tensor(Float32Array.from(x), [1, 1, 2, 2]),
      direction: tensor(Float32Array.of(1), [1, 1]),
    })
    return Array.from(maps.get('rectgrad-80')?.data ?? [], (value) => value + 0)
  }

  it('keep their own derivative beside the threshold', async () => {
    // R = 3 4 −5 1, a = 1 −0.5 2 3: a·R = 3 −2 −10 3. All exceed −20; the slope of the second is 0.5.
    const leaky = (x: Value) => x.graph.layer('leaky').leakyRelu(x, 0.5)
    expect(await mapOf(leaky, { threshold: 'constant', tau: -20 })).toEqual([3, 2, -5, 1])
    expect(await mapOf(leaky, { threshold: 'constant', tau: -5 })).toEqual([3, 2, 0, 1])
  })

  it('are GELU and SiLU in a network without a ReLU', async () => {
    // R = 3 4 −5 1, a = 0.84 −0.16 1.95 3.00: a·R = 2.5 −0.6 −9.8 3.0; GELU′ = Φ + xφ = 1.0833 −0.0833 1.0852 1.0119.
    const gelu = (x: Value) => x.graph.layer('gelu').gelu(x)
    const rounded = async (options: Options) =>
      (await mapOf(gelu, { threshold: 'constant', ...options })).map((value) => Math.round(value * 1e3) / 1e3)
    expect(await rounded({ tau: 0 })).toEqual([3.25, 0, 0, 1.012])
    expect(await rounded({ tau: -1e9 })).toEqual([3.25, -0.333, -5.426, 1.012])
    const swish = (x: Value) => x.graph.layer('silu').swish(x)
    expect(await mapOf(swish, { percentile: 100 })).toEqual([0, 0, 0, 0])
  })

  it('leave GELU its gradient beside a ReLU', async () => {
    // The ReLU comes after: R = 3 4 −5 1 is thresholded there, percentile 100 lets nothing pass.
    const both = (x: Value) => x.graph.layer('gelu').gelu(x.graph.layer('relu').relu(x))
    const passed = await mapOf(both, { threshold: 'constant', tau: 0 })
    // At the ReLU, R is already times GELU′: 3.25 −5.43 1.01 for x = 1, 2, 3.
    expect(passed.map((value) => Math.round(value * 1e3) / 1e3)).toEqual([3.25, 0, 0, 1.012])
  })

  it('are clips from 0 and no others', async () => {
    // Percentile 100 lets nothing pass a rectifier; where none is, there is nothing to threshold.
    const clip = (least: number) => (x: Value) => x.graph.layer('clip').clip(x, least, 2)
    expect(await mapOf(clip(0), { percentile: 100 }, [1, -1, 0.5, 3])).toEqual([0, 0, 0, 0])
    await expect(mapOf(clip(-2), {})).rejects.toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      message: expect.stringMatching(
        /^rectgrad cannot explain .*no rectifier.*Clip in layer 'clip'/,
      ) as string,
    })
    await expect(mapOf((x) => x.graph.layer('tanh').tanh(x), {})).rejects.toThrow("Tanh in layer 'tanh'")
  })

  it('beside which other activations keep their gradient', async () => {
    // 1[a·R > τ] · R at the ReLU, with τ below all: 3 4 −5 1; then the slope of the clip, 0 beyond 2.
    const clipped = (x: Value) => x.graph.layer('relu').relu(x.graph.layer('clip').clip(x, -2, 2))
    expect(await mapOf(clipped, { threshold: 'constant', tau: -9 }, [1, -1, 0.5, 3])).toEqual([3, 4, -5, 0])
  })
})

describe('the border trick', () => {
  /** The gradient is 1 … size² without it: one convolution that changes nothing, and a dense layer. */
  async function mapOf(size: number, padded: boolean, borderTrick: string): Promise<readonly number[]> {
    const graph = createGraph()
    const image = graph.ops.input('image', ['n', 1, size, size])
    const conv = graph.layer('conv')
    const side = padded ? 3 : 1
    const pad = padded ? 1 : 0
    const kernel = conv.parameter('identity', [1, 1, side, side], 'kernel')
    const same = conv.conv(image, kernel, undefined, { pads: [pad, pad, pad, pad] })
    const dense = graph.layer('dense')
    const weight = dense.parameter('kernel', [size * size, 1], 'kernel')
    const logits = dense.gemm(graph.layer('flatten').flatten(same), weight)
    const count = Float32Array.from({ length: size * size }, (_, at) => at + 1)
    const identity = Float32Array.from({ length: side * side }, (_, at) =>
      Number(at === (side * side - 1) / 2),
    )
    const maps = await explainWith({
      model: createModel({ name: 'border', graph, image, logits, head: 'none' }),
      weights: new Map([
        ['identity', tensor(identity, [1, 1, side, side])],
        ['kernel', tensor(count, [size * size, 1])],
      ]),
      method: rectgrad,
      variants: ['rectgrad-80'],
      options: { borderTrick },
      inputs: tensor(count, [1, 1, size, size]),
      direction: tensor(Float32Array.of(1), [1, 1]),
    })
    return [...(maps.get('rectgrad-80')?.data ?? [])]
  }
  const whole = Array.from({ length: 16 }, (_, at) => at + 1)
  const inside = [0, 0, 0, 0, 0, 6, 7, 0, 0, 10, 11, 0, 0, 0, 0, 0]

  it.each([
    ['none', 4, true, whole],
    ['padded', 4, true, inside],
    ['padded', 4, false, whole],
    ['every', 4, false, inside],
    // Nothing would be left of two rows.
    ['every', 2, true, [1, 2, 3, 4]],
  ] as const)('%s on %d rows, padded: %s', async (trick, size, padded, expected) => {
    expect(await mapOf(size, padded, trick)).toEqual(expected)
  })
})

describe('the percentile', () => {
  /** NumPy's linear quantile, in double precision. */
  function quantile(values: readonly number[], q: number): number {
    const sorted = values.toSorted((a, b) => a - b)
    const position = q * (sorted.length - 1)
    const [low, high] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]].map(Number) as [
      number,
      number,
    ]
    return low + (high - low) * (position - Math.floor(position))
  }

  it('lets pass what lies above the interpolated quantile, whatever ties there are', async () => {
    const anyInteger = fc.integer({ min: -6, max: 6 })
    const four = fc.tuple(anyInteger, anyInteger, anyInteger, anyInteger)
    await fc.assert(
      fc.asyncProperty(four, fc.integer({ min: 0, max: 100 }), async (x, percentile) => {
        const inputs = tensor(Float32Array.from(x), [1, 1, 2, 2])
        const direction = tensor(Float32Array.of(1), [1, 1])
        const request = { ...byHand(), method: rectgrad, variants: ['rectgrad-80'], inputs, direction }
        const maps = await explainWith({ ...request, options: { percentile } })
        const R = [3, 4, -5, 1]
        const measure = x.map((value, at) => Math.max(value, 0) * Number(R[at]))
        const tau = quantile(measure, percentile / 100)
        const expected = R.map((signal, at) => (Number(measure[at]) > tau ? signal : 0))
        // + 0, because what is dropped is a product with zero, and keeps the signal's sign.
        const map = [...(maps.get('rectgrad-80')?.data ?? [])].map((value) => value + 0)
        expect(map).toEqual(expected)
      }),
      { numRuns: 200, seed: 17 },
    )
  })

  it('is taken per image', async () => {
    const { model, weights } = tinyNetwork('conv-pool')
    const inputs = seededImages(model, 2)
    inputs.data.subarray(192).forEach((value, at, data) => (data[at] = 100 * value))
    const request = {
      model,
      weights,
      method: rectgrad,
      variants: ['rectgrad-80'],
      inputs,
      direction: oneHot(model, [1, 1]),
    }
    const { data } = (await explainWith(request)).get('rectgrad-80') as FloatTensor
    for (const image of [data.subarray(0, 192), data.subarray(192)])
      expect(image.some((value) => value !== 0)).toBe(true)
  })
})

describe('identities', () => {
  const anyNetwork = fc.constantFrom(
    'one-relu',
    'skip',
    'conv-pool',
    'batch-norm',
    'shared-activation',
    'concat',
    'dense-only',
  )
  const anySeed = fc.integer({ min: 1, max: 10_000 })

  it('at τ = 0 it is guided backpropagation, and the signed form is the gradient', async () => {
    await fc.assert(
      fc.asyncProperty(anyNetwork, anySeed, async (name, weightSeed) => {
        const { model, weights } = tinyNetwork(name, { seed: weightSeed })
        const inputs = seededImages(model, 1, weightSeed)
        const direction = directionInput(model)
        const start = { from: model.logits, start: direction, until: model.image }
        const gradient = backward(start).at(model.image)
        const guided = backward({
          ...start,
          rules: { Relu: ({ signal, vjp, ops }) => vjp(ops.relu(signal)) },
        }).at(model.image)
        const feeds = { image: inputs, direction: oneHot(model, [3]) }
        const expected = await runOnce({ gradient, guided }, weights, feeds)
        const variants = ['rectgrad-constant', 'rectgrad-constant-signed']
        const request = { model, weights, method: rectgrad, variants, inputs, direction: feeds.direction }
        const maps = await explainWith({ ...request, options: { inputProduct: false } })
        expect(maps.get('rectgrad-constant')?.data).toEqual(expected.guided?.data)
        expect(maps.get('rectgrad-constant-signed')?.data).toEqual(expected.gradient?.data)
      }),
      { numRuns: 30, seed: 17 },
    )
  })

  it('scales with the logit, because a percentile does', async () => {
    await fc.assert(
      fc.asyncProperty(anySeed, async (seed) => {
        const { model, weights } = tinyNetwork('conv-pool', { seed })
        const request = { model, weights, method: rectgrad, inputs: seededImages(model, 1, seed) }
        const one = await explainWith({ ...request, direction: oneHot(model, [2]) })
        // A power of two, so that no value at the threshold is rounded to its other side.
        const four = await explainWith({ ...request, direction: oneHot(model, [2], 4) })
        for (const [name, { data }] of one)
          expect(four.get(name)?.data, name).toEqual(data.map((value) => 4 * value))
      }),
      { numRuns: 10, seed: 17 },
    )
  })
})

describe('proportional redistribution', () => {
  it.each(['a window', 'the whole map'])('shares %s by the size of its inputs', async (what) => {
    // a = 1 0 3 4 in one 2×2 window: mean 2; R = 6: a · ¼ · 6/2 = 0.75 0 2.25 3, which sums to R.
    const graph = createGraph()
    const image = graph.ops.input('image', ['n', 1, 2, 2])
    const open = graph.layer('relu').relu(image)
    const pool = graph.layer('pool')
    const pooled =
      what === 'a window' ? pool.maxPool(open, { kernel: [2, 2], strides: [2, 2] }) : pool.globalMaxPool(open)
    const dense = graph.layer('dense')
    const logits = dense.gemm(
      graph.layer('flatten').flatten(pooled),
      dense.parameter('kernel', [1, 1], 'kernel'),
    )
    const maps = await explainWith({
      model: createModel({ name: 'pool', graph, image, logits, head: 'none' }),
      weights: new Map([['kernel', tensor(Float32Array.of(6), [1, 1])]]),
      method: rectgrad,
      variants: ['rectgrad-prr'],
      options: { threshold: 'constant', inputProduct: false },
      inputs: tensor(Float32Array.of(1, -2, 3, 4), [1, 1, 2, 2]),
      direction: tensor(Float32Array.of(1), [1, 1]),
    })
    expect(maps.get('rectgrad-prr')).toBeCloseToMap(tensor(Float32Array.of(0.75, 0, 2.25, 3), [1, 1, 2, 2]))
  })
})
