import {
  createGraph,
  createModel,
  resolveWeights,
  tensor,
  type Graph,
  type Model,
  type RandomInitializer,
  type Value,
  type Weights,
} from '@saliency/core'
import { buildTiny, seededWeights, tinyNetwork, tinyNetworkNames } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { cascade } from '../src/checks/cascade.ts'

interface Loaded {
  readonly model: Model
  readonly weights: Weights
}

/** A network with parameters that are neither kernels nor biases, each in a layer of its own. */
function withParameters(): Loaded {
  const model = buildTiny(
    'others',
    ({ conv, batchNorm, dense, flatten, globalAverage }, image, graph: Graph) => {
      const layer = (name: string, apply: (ops: Graph['ops'], x: Value) => Value, x: Value) =>
        apply(graph.layer(name), x)
      const normal = batchNorm('lone norm', image)
      const first = layer(
        'slopes',
        (ops, x) => ops.pRelu(x, ops.parameter('a', [4, 1, 1], 'slope')),
        conv('conv1', normal, 4),
      )
      const one = layer(
        'slope',
        (ops, x) => ops.pRelu(x, ops.parameter('b', [1], 'slope')),
        conv('conv2', first, 4),
      )
      const scaled = layer('scale', (ops, x) => ops.mul(x, ops.parameter('scale/constant', [4, 1, 1])), one)
      const placed = layer(
        'position',
        (ops, x) => ops.add(x, ops.parameter('position/constant', [4, 8, 8])),
        scaled,
      )
      const masked = layer(
        'mask',
        (ops, x) => ops.add(x, ops.parameter('mask/constant', [1, 8, 8], 'fixed')),
        placed,
      )
      return dense('logits', flatten('flatten', globalAverage('pool', masked)), 5)
    },
  )
  return { model, weights: seededWeights(model, { seed: 4, biases: true }) }
}

const networks: readonly (readonly [string, () => Loaded])[] = [
  ...tinyNetworkNames.map((name) => [name, () => tinyNetwork(name)] as const),
  ['parameters of every kind', withParameters],
]
const initializers: readonly RandomInitializer[] = ['layer', 'permute', 'normal(0.1)']
const units = ['block', 'layer'] as const

describe.each(networks)('%s', (_, load) => {
  it.each(initializers)('a step draws every layer anew that it names: %s', (initializer) => {
    const { model, weights } = load()
    for (const unit of units) {
      const steps = cascade(model, { order: 'independent', unit, steps: 0, initializer })
      expect(steps.length).toBeGreaterThan(0)
      for (const { layers } of steps) {
        const state = { kind: 'randomized', layers, draw: 0, initializer, batchNorm: 'keep' } as const
        const drawn = resolveWeights(state, { model, weights }, { seed: 3 })
        for (const layer of layers) {
          const changed = model
            .layer(layer)
            .parameters.filter(({ name }) => `${drawn.get(name)?.data}` !== `${weights.get(name)?.data}`)
          expect(changed, layer).not.toEqual([])
        }
      }
    }
  })
})

describe('parameters that are neither kernels nor biases', () => {
  const { model, weights } = withParameters()
  const layers = model.layers.map(({ name }) => name)
  const drawn = (initializer: RandomInitializer, seed = 3) =>
    resolveWeights(
      { kind: 'randomized', layers, draw: 0, initializer, batchNorm: 'keep' },
      { model, weights },
      { seed },
    )
  const data = (of: Weights, name: string) => [...(of.get(name)?.data ?? [])]
  const size = (values: readonly number[]) => Math.hypot(...values) / Math.sqrt(values.length)

  it("slopes become 0.25 by the layer's own initialiser, as PyTorch's reset_parameters has it", () => {
    expect(data(drawn('layer'), 'a')).toEqual([0.25, 0.25, 0.25, 0.25])
    expect(data(drawn('layer'), 'b')).toEqual([0.25])
  })

  it('normal(0.1) and permute draw slopes like any weight', () => {
    expect(data(drawn('normal(0.1)'), 'a')).not.toEqual(data(drawn('normal(0.1)', 4), 'a'))
    const [before, after] = [data(weights, 'a'), data(drawn('permute'), 'a')]
    expect(after).not.toEqual(before)
    expect(after.toSorted()).toEqual(before.toSorted())
  })

  it('a single slope cannot be permuted, so its layer is no step', () => {
    const names = (initializer: RandomInitializer) =>
      cascade(model, { order: 'independent', unit: 'layer', steps: 0, initializer }).map(({ name }) => name)
    expect(names('permute')).not.toContain('slope')
    expect(names('permute')).toContain('slopes')
    expect(names('layer')).toContain('slope')
    expect(names('layer')).not.toContain('mask')
  })

  it('a position embedding is drawn as large as it was, and a mask stays', () => {
    const [before, after] = [data(weights, 'position/constant'), data(drawn('layer'), 'position/constant')]
    expect(after).not.toEqual(before)
    expect(size(after) / size(before)).toBeCloseTo(1, 1)
    expect(data(drawn('layer'), 'mask/constant')).toEqual(data(weights, 'mask/constant'))
  })

  it('two values that are permuted change their places', () => {
    const graph = createGraph()
    const image = graph.ops.input('image', ['n', 1, 1, 2])
    const dense = graph.layer('dense')
    const logits = dense.gemm(
      graph.layer('flatten').flatten(image),
      dense.parameter('kernel', [2, 1], 'kernel'),
    )
    const pair = createModel({ name: 'pair', graph, image, logits, head: 'none' })
    const own = new Map([['kernel', tensor(Float32Array.of(1, 2), [2, 1])]])
    for (let draw = 0; draw < 8; draw++) {
      const state = {
        kind: 'randomized',
        layers: ['dense'],
        draw,
        initializer: 'permute',
        batchNorm: 'keep',
      } as const
      expect(data(resolveWeights(state, { model: pair, weights: own }, { seed: 1 }), 'kernel')).toEqual([
        2, 1,
      ])
    }
  })
})
