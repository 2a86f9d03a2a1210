import {
  createGraph,
  createModel,
  resolveVariant,
  tensor,
  traceLedger,
  type FloatTensor,
  type LoadedModel,
  type Method,
  type ParameterRole,
  type Value,
} from '@saliency/core'
import { explainWith, mapError } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { lrp } from '../src/index.ts'

const method = lrp as unknown as Method

/** shift + 0.6 · sin(1.3 i + direction): weights and images that another implementation can be given. */
function wave(shape: readonly number[], direction: number, shift = 0): FloatTensor {
  const size = shape.reduce((product, dim) => product * dim, 1)
  return tensor(
    Float32Array.from({ length: size }, (_, i) => shift + 0.6 * Math.sin(1.3 * i + direction)),
    shape,
  )
}

/** Collects a network's parameters with their values. */
function network(build: (add: (value: FloatTensor, role: ParameterRole) => Value, image: Value) => Value) {
  const graph = createGraph()
  const image = graph.layer('image').input('image', ['n', 2, 4, 4])
  const weights = new Map<string, FloatTensor>()
  const add = (value: FloatTensor, role: ParameterRole) => {
    const name = `p${weights.size}`
    weights.set(name, value)
    return graph.ops.parameter(name, value.shape, role)
  }
  const logits = build(add, image)
  return { model: createModel({ name: 'net', graph, image, logits, head: 'none' }), weights }
}

/** Conv, ReLU, ConvTranspose (stride 2) with its batch norm, ReLU, MatMul + bias. */
function upsampling(group: number): LoadedModel {
  return network((add, image) => {
    const { graph } = image
    const conv = graph
      .layer('conv')
      .conv(image, add(wave([4, 2, 3, 3], 0), 'kernel'), add(wave([4], 1), 'bias'), { pads: [1, 1, 1, 1] })
    const up = graph
      .layer('up')
      .convTranspose(
        graph.layer('relu1').relu(conv),
        add(wave([4, 6 / group, 3, 3], 2), 'kernel'),
        add(wave([6], 3), 'bias'),
        { strides: [2, 2], pads: [1, 1, 1, 1], outputPadding: [1, 1], group },
      )
    const [gamma, beta, mean, variance] = [
      add(wave([6], 4, 1), 'gamma'),
      add(wave([6], 5), 'beta'),
      add(wave([6], 6), 'mean'),
      add(wave([6], 7, 1), 'variance'),
    ]
    const norm = graph.layer('norm').batchNormalization(up, gamma, beta, mean, variance, 1e-3)
    const flat = graph.layer('flat').flatten(graph.layer('relu2').relu(norm))
    const product = graph.layer('product').matMul(flat, add(wave([384, 3], 8), 'kernel'))
    return graph.layer('bias').add(product, add(wave([3], 9), 'bias'))
  })
}

async function explain({ model, weights }: LoadedModel, variant: string, options = {}, target = 1) {
  const direction = tensor(
    Float32Array.from({ length: 3 }, (_, k) => Number(k === target)),
    [1, 3],
  )
  const inputs = wave([1, 2, 4, 4], 10)
  const maps = await explainWith({
    model,
    weights,
    method,
    variants: [variant],
    options,
    inputs,
    direction,
  })
  return maps.get(variant) as FloatTensor
}

describe('a transposed convolution', () => {
  // Zennit 0.5.1 in float64, relevance starting at 1 for class 1: values 0, 5, 10, 17, 22, 31 of the map, and its sum. Zennit was
  // given the weights with the batch norm folded in: its own merging divides by √(1 + ε) once more, and fails on groups.
  it.each([
    [1, 'epsilon-plus', {}, [-0.00278, 0.006919, 0.003377, 0.014858, 0.034827, -0.001816], -0.44022],
    [1, 'z-plus', {}, [0.004051, 0.01111, 0.017412, 0.003996, 0.010702, 0.000298], 0.248655],
    [
      1,
      'epsilon',
      { epsilon: 0.1 },
      [0.068849, 0.30991, -0.100925, -0.047989, 0.012651, -0.005731],
      0.598971,
    ],
    [1, 'epsilon-gamma', {}, [0.070471, 0.273385, -0.10533, -0.014378, 0.031347, -0.004283], 0.479405],
    [2, 'epsilon-plus', {}, [-0.001235, -0.011678, -0.020625, -0.00387, -0.0114, 0], -0.195336],
    [
      2,
      'epsilon',
      { epsilon: 0.1 },
      [0.016846, 0.087366, -0.069734, -0.033654, -0.142152, 0.002543],
      -0.32257,
    ],
    [2, 'epsilon-gamma', {}, [0.008464, 0.027011, -0.073503, -0.019917, -0.081183, 0.001538], -0.331012],
  ])(
    'in %i group(s) obeys the composite of %s as in Zennit',
    async (group, variant, options, values, sum) => {
      const { data } = await explain(upsampling(group), variant, options)
      const places = [0, 5, 10, 17, 22, 31]
      for (const [index, place] of places.entries()) expect(data[place]).toBeCloseTo(Number(values[index]), 5)
      expect(data.reduce((total, value) => total + value, 0)).toBeCloseTo(sum, 4)
    },
  )

  it('is addressed as a convolution, and by its name', async () => {
    const byKind = await explain(upsampling(1), 'epsilon', { rules: 'conv=z-plus' })
    const byName = await explain(upsampling(1), 'epsilon', { rules: 'up=z-plus; conv=z-plus' })
    expect(mapError(byKind, byName).largest[0]).toBe(0)
    expect(mapError(byKind, await explain(upsampling(1), 'epsilon-plus')).largest[0]).toBeLessThan(1e-6)
  })
})

/** A classifier whose two dense layers are written in the given way. */
function dense(write: (x: Value, w: Value, b: Value) => Value, bias = [5]): LoadedModel {
  return network((add, image) => {
    const { graph } = image
    const hidden = write(
      graph.layer('flat').flatten(image),
      add(wave([32, 5], 1), 'kernel'),
      add(wave(bias, 2), 'bias'),
    )
    return graph.layer('last').gemm(graph.layer('relu').relu(hidden), add(wave([5, 3], 3), 'kernel'))
  })
}
const layer = (x: Value, name: string) => x.graph.layer(name)
const gemm = dense((x, w, b) => layer(x, 'dense').gemm(x, w, b))

describe('a product and the bias behind it', () => {
  const spellings: Readonly<Record<string, LoadedModel>> = {
    'MatMul + b': dense((x, w, b) => layer(x, 'sum').add(layer(x, 'dense').matMul(x, w), b)),
    'b + MatMul': dense((x, w, b) => layer(x, 'sum').add(b, layer(x, 'dense').matMul(x, w))),
    'MatMul + [1, k]': dense((x, w, b) => layer(x, 'sum').add(layer(x, 'dense').matMul(x, w), b), [1, 5]),
    'Gemm without a bias, + b': dense((x, w, b) => layer(x, 'sum').add(layer(x, 'dense').gemm(x, w), b)),
    'MatMul − (−b)': dense((x, w, b) =>
      layer(x, 'sum').sub(layer(x, 'dense').matMul(x, w), layer(x, 'minus').neg(b)),
    ),
  }
  for (const [name, net] of Object.entries(spellings)) {
    it.each(['epsilon', 'z-plus', 'epsilon-gamma-box', 'epsilon-alpha2-beta1', 'excitation-backprop'])(
      `written as ${name} are one layer for %s`,
      async (variant) => {
        const options = { rules: '*=gamma(0.5)' }
        const [whole, apart] = [await explain(gemm, variant), await explain(net, variant)]
        expect(mapError(apart, whole).largest[0]).toBeLessThan(1e-5)
        const [boosted, boostedApart] = [
          await explain(gemm, variant, options),
          await explain(net, variant, options),
        ]
        expect(mapError(boostedApart, boosted).largest[0]).toBeLessThan(1e-5)
      },
    )
  }

  it('leave LRP-0 without any stabiliser: it is input × gradient, whatever the stabiliser of other rules', async () => {
    const { model, weights } = spellings['MatMul + b'] as LoadedModel
    const exact = await explain({ model, weights }, 'epsilon', { epsilon: 0 })
    const large = await explain({ model, weights }, 'epsilon', { epsilon: 0, stabilizer: 0.5 })
    expect(mapError(large, exact).largest[0]).toBe(0)
    const conserved = await explain(gemm, 'epsilon', { epsilon: 0 })
    expect(mapError(exact, conserved).largest[0]).toBeLessThan(1e-5)
  })

  it('are one entry of the ledger, whose bias is the share that the inputs did not receive', () => {
    const { model } = spellings['MatMul + b'] as LoadedModel
    const layers = traceLedger(model, resolveVariant(method, 'epsilon')).map((entry) => entry.layer)
    expect(layers).toContain('dense')
    expect(layers).not.toContain('sum')
  })
})

describe('a sum with a parameter that is no bias', () => {
  it('stays a sum of its own: one value a place, as a position embedding has', async () => {
    const net = network((add, image) => {
      const { graph } = image
      const tokens = graph.layer('tokens').reshape(image, ['n', 8, 4])
      const embedded = graph.layer('embed').matMul(tokens, add(wave([4, 5], 1), 'kernel'))
      const placed = graph.layer('position').add(embedded, add(wave([1, 8, 5], 2), 'other'))
      const flat = graph.layer('flat').flatten(graph.layer('relu').relu(placed))
      return graph.layer('last').gemm(flat, add(wave([40, 3], 3), 'kernel'))
    })
    const entries = traceLedger(net.model, resolveVariant(method, 'epsilon'))
    expect(entries.map((entry) => entry.layer)).toEqual(expect.arrayContaining(['position', 'embed']))
    const plain = await explain(net, 'epsilon', { rules: 'sum=zero', epsilon: 0 })
    expect(plain.data.every(Number.isFinite)).toBe(true)
  })
})
