import { createGraph, createModel, resolveWeights, tensor, type Initializer } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { readInitializer } from '../src/keras/initializer.ts'

const scaling = (
  scale: number,
  mode: Initializer['mode'],
  distribution: Initializer['distribution'],
): object => ({ name: 'variance-scaling', scale, mode, distribution })

/** Every initialiser that draws by a layer's fans, as Keras defines it (`keras.initializers`). */
const byFan: Record<string, object> = {
  GlorotUniform: scaling(1, 'fan_avg', 'uniform'),
  GlorotNormal: scaling(1, 'fan_avg', 'truncated-normal'),
  HeUniform: scaling(2, 'fan_in', 'uniform'),
  HeNormal: scaling(2, 'fan_in', 'truncated-normal'),
  LecunUniform: scaling(1, 'fan_in', 'uniform'),
  LecunNormal: scaling(1, 'fan_in', 'truncated-normal'),
}

/** The settings of other initialisers, and what they are read as. */
const others: readonly (readonly [name: string, config: object, read: object])[] = [
  ['Zeros', {}, { name: 'zeros' }],
  ['Ones', {}, { name: 'ones' }],
  ['Constant', { value: 0.3 }, { name: 'constant', value: 0.3 }],
  ['RandomUniform', {}, { name: 'uniform', value: 0.05 }],
  ['RandomUniform', { minval: -0.2, maxval: 0.2 }, { name: 'uniform', value: 0.2 }],
  ['RandomUniform', { minval: 0, maxval: 1 }, { name: 'uniform', value: 0.5, mean: 0.5 }],
  ['RandomNormal', {}, { name: 'normal', value: 0.05 }],
  ['RandomNormal', { mean: -1, stddev: 0.2 }, { name: 'normal', value: 0.2, mean: -1 }],
  ['TruncatedNormal', {}, { name: 'truncated-normal', value: 0.05 }],
  ['TruncatedNormal', { mean: 2, stddev: 0.5 }, { name: 'truncated-normal', value: 0.5, mean: 2 }],
  ['Orthogonal', { gain: 2 }, { name: 'orthogonal', value: 2 }],
  ['VarianceScaling', {}, scaling(1, 'fan_in', 'truncated-normal')],
  [
    'VarianceScaling',
    { scale: 3, mode: 'fan_out', distribution: 'untruncated_normal' },
    scaling(3, 'fan_out', 'normal'),
  ],
  [
    'VarianceScaling',
    { scale: 1, mode: 'fan_avg', distribution: 'uniform' },
    scaling(1, 'fan_avg', 'uniform'),
  ],
]

describe("Keras' initialisers", () => {
  test.each(Object.entries(byFan))('%s, as an object and by its short name', (name, expected) => {
    expect(readInitializer({ class_name: name, config: { seed: null } })).toEqual(expected)
    const short = name.replace(/(.)([A-Z])/, '$1_$2').toLowerCase()
    expect(short).toMatch(/^[a-z]+_[a-z]+$/)
    expect(readInitializer(short)).toEqual(expected)
  })

  test.each(others)('%s %o', (name, config, expected) => {
    const read = readInitializer({ class_name: name, config })
    expect(read).toEqual(expected)
  })

  test('one that Keras does not ship is not read', () => {
    expect(readInitializer({ class_name: 'MyOwn', config: {} })).toBeUndefined()
    expect(readInitializer('toString')).toBeUndefined()
  })
})

/** A thousand weights as `initializer: layer` draws them. */
function draw(name: string, config: object): number[] {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', 10, 1, 1])
  const dense = graph.layer('dense')
  const initializer = readInitializer({ class_name: name, config })!
  const kernel = dense.parameter('kernel', [10, 100], 'kernel', initializer)
  const logits = dense.gemm(graph.layer('flat').flatten(image), kernel)
  const model = createModel({ name: 'drawn', graph, image, logits, head: 'none' })
  const weights = new Map([['kernel', tensor(new Float32Array(1000), [10, 100])]])
  const state = {
    kind: 'randomized',
    layers: ['dense'],
    draw: 0,
    initializer: 'layer',
    batchNorm: 'keep',
  } as const
  return [...resolveWeights(state, { model, weights }, { seed: 1 }).get('kernel')!.data]
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe('weights that their own initialiser draws', () => {
  test('uniform between its bounds', () => {
    const values = draw('RandomUniform', { minval: 0, maxval: 1 })
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
    expect(Math.min(...values)).toBeLessThan(0.02)
    expect(Math.max(...values)).toBeLessThanOrEqual(1)
    expect(Math.max(...values)).toBeGreaterThan(0.98)
  })

  test.each(['RandomNormal', 'TruncatedNormal'])('%s around its mean', (name) => {
    const values = draw(name, { mean: 3, stddev: 0.1 })
    // Ten standard errors of a mean of a thousand.
    expect(Math.abs(mean(values) - 3)).toBeLessThan(0.03)
    const farthest = Math.max(...values.map((value) => Math.abs(value - 3)))
    if (name === 'TruncatedNormal') expect(farthest).toBeLessThanOrEqual(0.2 + 1e-6)
    else expect(farthest).toBeGreaterThan(0.2)
  })
})
