import { describe, expect, test } from 'vitest'
import {
  createGraph,
  createModel,
  createRandom,
  resolveWeights,
  tensor,
  type LoadedModel,
  type Weights,
  type WeightState,
} from '../src/index.ts'
import { drawer } from '../src/weights/draw.ts'

/** conv 3→64 of 3×3, batch norm, global pooling, dense 64→10. */
function smallModel(): LoadedModel {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', 3, 8, 8])
  const conv = graph.layer('conv')
  const convolved = conv.conv(
    image,
    conv.parameter('conv/kernel', [64, 3, 3, 3], 'kernel'),
    conv.parameter('conv/bias', [64], 'bias'),
  )
  const bn = graph.layer('bn')
  const [gamma, beta, mean, variance] = (['gamma', 'beta', 'mean', 'variance'] as const).map((role) =>
    bn.parameter(`bn/${role}`, [64], role),
  ) as [never, never, never, never]
  const normalised = bn.batchNormalization(convolved, gamma, beta, mean, variance, 1e-3)
  const pooled = graph.layer('pool').flatten(graph.layer('pool').globalAveragePool(normalised))
  const dense = graph.layer('dense')
  const logits = dense.gemm(
    pooled,
    dense.parameter('dense/kernel', [64, 10], 'kernel', {
      name: 'variance-scaling',
      scale: 1,
      mode: 'fan_avg',
      distribution: 'uniform',
    }),
    dense.parameter('dense/bias', [10], 'bias', { name: 'constant', value: 0.1 }),
  )
  const model = createModel({ name: 'small', graph, image, logits, head: 'none' })
  const entries = model.layers.flatMap(({ parameters }) =>
    parameters.map(({ name, shape }) => {
      const size = shape.reduce((product, side) => product * side, 1)
      return [
        name,
        tensor(
          Float32Array.from({ length: size }, (_, i) => (i % 7) - 3 + 0.5),
          shape,
        ),
      ] as const
    }),
  )
  return { model, weights: new Map(entries) }
}

const loaded = smallModel()
const everything = {
  kind: 'randomized',
  layers: ['conv', 'bn', 'dense'],
  draw: 0,
  initializer: 'layer',
  batchNorm: 'keep',
} as const

function resolve(state: Partial<Extract<WeightState, { kind: 'randomized' }>>, seed = 1): Weights {
  return resolveWeights({ ...everything, ...state }, loaded, { seed })
}

function data(weights: Weights, name: string): number[] {
  return Array.from(weights.get(name)!.data)
}

function spread(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
}

describe('randomised weights', () => {
  test("the layer's own initialiser, with Keras' fans", () => {
    const weights = resolve({})
    expect(spread(data(weights, 'dense/kernel'))).toBeCloseTo(Math.sqrt(1 / 37), 1)
    expect(Math.max(...data(weights, 'dense/kernel'))).toBeLessThanOrEqual(Math.sqrt(3 / 37))
    expect(data(weights, 'dense/bias')).toEqual(data(weights, 'dense/bias').map(() => Math.fround(0.1)))
  })

  test('without an initialiser in the file: He et al. 2015, zeros, and ones for gamma', () => {
    const weights = resolve({})
    expect(spread(data(weights, 'conv/kernel'))).toBeCloseTo(Math.sqrt(2 / 27), 1)
    expect(new Set(data(weights, 'conv/bias'))).toEqual(new Set([0]))
    expect(new Set(data(weights, 'bn/gamma'))).toEqual(new Set([1]))
  })

  test('normal(0.1) draws everything but the running statistics', () => {
    const weights = resolve({ initializer: 'normal(0.1)' })
    for (const name of ['conv/kernel', 'dense/kernel'])
      expect(spread(data(weights, name))).toBeCloseTo(0.1, 2)
    expect(new Set(data(weights, 'bn/beta')).size).toBe(64)
    expect(weights.get('bn/mean')).toBe(loaded.weights.get('bn/mean'))
  })

  test('permute keeps the values and moves them', () => {
    const before = data(loaded.weights, 'conv/kernel')
    const after = data(resolve({ initializer: 'permute' }), 'conv/kernel')
    expect(after).not.toEqual(before)
    expect(after.toSorted((a, b) => a - b)).toEqual(before.toSorted((a, b) => a - b))
  })

  test('batch norm: running statistics are kept, or reset to 0 and 1', () => {
    expect(resolve({}).get('bn/variance')).toBe(loaded.weights.get('bn/variance'))
    const reset = resolve({ batchNorm: 'reset' })
    expect(new Set(data(reset, 'bn/mean'))).toEqual(new Set([0]))
    expect(new Set(data(reset, 'bn/variance'))).toEqual(new Set([1]))
  })

  test('numbers depend on seed, name and draw, and on nothing else', () => {
    const alone = resolve({ layers: ['dense'] })
    expect(data(alone, 'dense/kernel')).toEqual(data(resolve({}), 'dense/kernel'))
    expect(alone.get('conv/kernel')).toBe(loaded.weights.get('conv/kernel'))
    expect(data(resolve({ draw: 1 }), 'dense/kernel')).not.toEqual(data(alone, 'dense/kernel'))
    expect(data(resolve({}, 2), 'dense/kernel')).not.toEqual(data(alone, 'dense/kernel'))
  })

  test('every parameter has a stream of its own: no two layers share numbers', () => {
    const weights = resolve({ initializer: 'normal(0.1)' })
    const first = (name: string) => data(weights, name).slice(0, 4)
    for (const name of ['conv/kernel', 'dense/kernel']) {
      const random = createRandom(1, 'weights', name, 0)
      expect(first(name)).toEqual(first(name).map(() => Math.fround(0.1 * random.normal())))
    }
    expect(first('dense/kernel')).not.toEqual(first('conv/kernel'))
  })

  test('a normal distribution cut at ±2 is stretched to the spread asked for', () => {
    const initializer = {
      name: 'variance-scaling',
      scale: 1,
      mode: 'fan_in',
      distribution: 'truncated-normal',
    }
    const next = drawer(initializer as never, { in: 4, out: 9 }, createRandom('truncated'))
    const values = Array.from({ length: 20_000 }, next)
    expect(spread(values)).toBeCloseTo(1 / Math.sqrt(4), 2)
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1 / 0.8796256610342398)
  })

  test('randomising no layer changes nothing', () => {
    expect([...resolve({ layers: [] })]).toEqual([...loaded.weights])
  })

  test('a layer that is not there, and a deviation that is none, are refused', () => {
    expect(() => resolve({ layers: ['conv9'] })).toThrow(/conv9/)
    expect(() => resolve({ initializer: 'normal(0)' })).toThrow(/above 0/)
  })
})

describe('other weight states', () => {
  test('a twin must be given, and have the same shapes', () => {
    expect(() => resolveWeights({ kind: 'twin' }, loaded, { seed: 1 })).toThrow(/twin/)
    const other = new Map(loaded.weights).set('dense/bias', tensor(new Float32Array(7), [7]))
    expect(() => resolveWeights({ kind: 'twin' }, loaded, { seed: 1, twin: other })).toThrow(
      /\[7\] where the model has 'dense\/bias' \[10\]/,
    )
    expect(resolveWeights({ kind: 'twin' }, loaded, { seed: 1, twin: loaded.weights })).toBe(loaded.weights)
  })

  test('scaled logits: the last kernel and its bias times the factor', () => {
    const scaled = resolveWeights({ kind: 'scaled', factor: -2 }, loaded, { seed: 1 })
    expect(data(scaled, 'dense/bias')).toEqual(data(loaded.weights, 'dense/bias').map((value) => -2 * value))
    expect(scaled.get('conv/kernel')).toBe(loaded.weights.get('conv/kernel'))
  })
})
