import {
  createGraph,
  createModel,
  type FloatTensor,
  type LoadedModel,
  type Method,
  type Options,
  resolveVariant,
  tensor,
  traceLedger,
  type Value,
} from '@saliency/core'
import { explainWith, runOnce } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { lrp } from '../src/index.ts'

const method = lrp as unknown as Method

/** Two pixels, two hidden units, one output. */
function tiny(bias: readonly [number, number] = [0, 0]): LoadedModel {
  const graph = createGraph()
  const image = graph.layer('image').input('image', ['n', 1, 1, 2])
  const rows = graph.layer('flatten').flatten(image)
  const first = graph.layer('dense1')
  const hidden = first.gemm(rows, first.parameter('w1', [2, 2], 'kernel'), first.parameter('b1', [2], 'bias'))
  const second = graph.layer('dense2')
  const logits = second.gemm(graph.layer('relu').relu(hidden), second.parameter('w2', [2, 1], 'kernel'))
  const weights = new Map<string, FloatTensor>([
    ['w1', tensor(Float32Array.of(1, -1, 1, 1), [2, 2])],
    ['b1', tensor(Float32Array.from(bias), [2])],
    ['w2', tensor(Float32Array.of(2, -1), [2, 1])],
  ])
  return { model: createModel({ name: 'by hand', graph, image, logits, head: 'none' }), weights }
}

const inputs = tensor(Float32Array.of(1, 2), [1, 1, 1, 2])
const direction = tensor(Float32Array.of(1), [1, 1])

async function relevance(network: LoadedModel, options: Options): Promise<number[]> {
  const maps = await explainWith({
    ...network,
    method,
    variants: ['epsilon'],
    options,
    inputs,
    direction,
  })
  return [...(maps.get('epsilon') as FloatTensor).data]
}

/** The ledger's numbers of the first image, operator by operator. */
async function ledger({ model, weights }: LoadedModel, options: Options) {
  const rows: { place: string; arriving: number; leaving: number; bias: number; zero: number }[] = []
  for (const entry of traceLedger(model, resolveVariant(method, 'epsilon', options))) {
    const { layer, rule, arriving, leaving, bias, zero } = entry
    const results = await runOnce({ arriving, leaving, bias, zero }, weights, { image: inputs, direction })
    const [a, l, b, z] = ['arriving', 'leaving', 'bias', 'zero'].map((name) =>
      Number(results[name]?.data[0]),
    ) as [number, number, number, number]
    rows.push({ place: `${layer} ${rule}`, arriving: a, leaving: l, bias: b, zero: z })
  }
  return rows
}

//          x₁ = 1   x₂ = 2          w₁ = [ 1 −1 ]   (rows: inputs, columns: hidden units)
//                                        [ 1  1 ]
//   h₁ = 1·1 + 2·1 = 3,  h₂ = 1·(−1) + 2·1 = 1,  y = 2·3 − 1·1 = 5; relevance starts as 1.
describe('by hand', () => {
  it('LRP-0 gives each input its part of the sums', async () => {
    // R(h₁) = 6/5, R(h₂) = −1/5.
    // R(x₁) = 1/3 · 6/5 + (−1)/1 · (−1/5) = 0.6,  R(x₂) = 2/3 · 6/5 + 2/1 · (−1/5) = 0.4: together 1.
    const [a, b] = await relevance(tiny(), { epsilon: 0 })
    expect(a).toBeCloseTo(0.6, 6)
    expect(b).toBeCloseTo(0.4, 6)
  })

  it('z-plus follows positive products alone', async () => {
    // R(h₁) = 6/6 = 1, R(h₂) = 0; R(x₁) = 1/3, R(x₂) = 2/3.
    const [a, b] = await relevance(tiny(), { composite: 'z-plus', stabilizer: 0 })
    expect(a).toBeCloseTo(1 / 3, 6)
    expect(b).toBeCloseTo(2 / 3, 6)
  })

  it('alpha2-beta1 does both, each over its own sum', async () => {
    // R(h₁) = 2 · 6/6 = 2, R(h₂) = −1 · 1 = −1.
    // h₁ has no negative product: α gives 2 · 2 · (1/3, 2/3), and what β would take, −2, has nowhere to go.
    // h₂: α gives 2 · (−1) · (0, 1), β takes −1 · (−1) · (1, 0).
    // R(x₁) = 4/3 + 1 = 7/3,  R(x₂) = 8/3 − 2 = 2/3.
    const [a, b] = await relevance(tiny(), { composite: 'alpha-beta', stabilizer: 0 })
    expect(a).toBeCloseTo(7 / 3, 5)
    expect(b).toBeCloseTo(2 / 3, 5)
  })

  it('contrastive excitation backprop is the winner of w minus the winner of −w', async () => {
    // For: R(h₁) = 1. Against: R(h₂) = 1. Below, z-plus: h₁ → (1/3, 2/3), h₂ → (0, 1). Difference (1/3, −1/3).
    const [a, b] = await relevance(tiny(), { composite: 'contrastive-excitation-backprop', stabilizer: 0 })
    expect(a).toBeCloseTo(1 / 3, 5)
    expect(b).toBeCloseTo(-1 / 3, 5)
  })
})

describe('biases by hand', () => {
  it("iNNvestigate's z-plus-fast leaves them out", async () => {
    // h₁ = 3 + 1: R(h₁) = 1, R(x) = (1/3, 2/3) as without the bias; a share of 4 would be (1/4, 2/4).
    const [a, b] = await relevance(tiny([1, 0]), { rules: '*=z-plus-fast', stabilizer: 0 })
    expect(a).toBeCloseTo(1 / 3, 6)
    expect(b).toBeCloseTo(2 / 3, 6)
  })

  it("Zennit's w² takes their squares", async () => {
    // R(h) = (4/5, 1/5). h₁ has 1² + 1² + 2² = 6 parts, h₂ has 2: R(x₁) = R(x₂) = 4/5 · 1/6 + 1/5 · 1/2 = 7/30.
    const [a, b] = await relevance(tiny([2, 0]), { rules: '*=zennit-w-square', stabilizer: 0 })
    expect(a).toBeCloseTo(7 / 30, 6)
    expect(b).toBeCloseTo(7 / 30, 6)
  })
})

/** Two pixels, something done to them, and a classifier with the given weights that shares by LRP-0. */
function behind(make: (image: Value) => Value, kernel: readonly number[]): LoadedModel {
  const graph = createGraph()
  const image = graph.layer('image').input('image', ['n', 1, 1, 2])
  const rows = graph.layer('flatten').flatten(make(image))
  const dense = graph.layer('classifier')
  const logits = dense.gemm(rows, dense.parameter('kernel', [kernel.length, 1], 'kernel'))
  return {
    model: createModel({ name: 'behind', graph, image, logits, head: 'none' }),
    weights: new Map([['kernel', tensor(Float32Array.from(kernel), [kernel.length, 1])]]),
  }
}

describe('operators by hand', () => {
  it("iNNvestigate's batch norm: x (y − β) R / ((x − μ) y)", async () => {
    // γ 2, β 3, μ 0.5, σ² 1: y = (4, 6); weights 3 and 1: R(y) = (12, 6)/18.
    // R(x₁) = 1 · 1 · 2/3 / (0.5 · 4) = 1/3, R(x₂) = 2 · 3 · 1/3 / (1.5 · 6) = 2/9.
    const network = behind(
      (x) => {
        const ops = x.graph.layer('norm')
        const [gamma, beta, mean, variance] = (['gamma', 'beta', 'mean', 'variance'] as const).map((role) =>
          ops.parameter(role, [1], role),
        ) as [Value, Value, Value, Value]
        return ops.batchNormalization(x, gamma, beta, mean, variance, 0)
      },
      [3, 1],
    )
    const values = { gamma: 2, beta: 3, mean: 0.5, variance: 1 }
    const norms = Object.entries(values).map(
      ([name, value]) => [name, tensor(Float32Array.of(value), [1])] as const,
    )
    const weights = new Map([...network.weights, ...norms])
    const [a, b] = await relevance({ ...network, weights }, { epsilon: 0, batchNorm: 'innvestigate' })
    expect(a).toBeCloseTo(1 / 3, 6)
    expect(b).toBeCloseTo(2 / 9, 6)
  })

  it('a factor of the same shape lets relevance pass, whatever the stabiliser; a broadcast one adds it up', async () => {
    const same = behind((x) => x.graph.layer('scale').mul(x, 2), [1, 1])
    expect(await relevance(same, { epsilon: 0, stabilizer: 1 })).toEqual([
      expect.closeTo(1 / 3, 6),
      expect.closeTo(2 / 3, 6),
    ])
    // The second pixel alone, 2, times 1 and 3: R(y) = (2, 6)/8.
    const broadcast = behind(
      (x) => {
        const ops = x.graph.layer('scale')
        return ops.mul(
          ops.slice(x, { axes: [3], starts: [1], ends: [2] }),
          ops.constant([1, 3], [1, 1, 1, 2]),
        )
      },
      [1, 1],
    )
    expect(await relevance(broadcast, { epsilon: 0, stabilizer: 0 })).toEqual([0, expect.closeTo(1, 6)])
  })

  it.each(['first', 'second'])('the %s factor is the gate when it is broadcast', async (place) => {
    // y = x · x₁ = (1, 2): R(y) = (1/3, 2/3) goes to x, none of it to x₁ as the gate.
    const network = behind(
      (x) => {
        const ops = x.graph.layer('gate')
        const gate = ops.slice(x, { axes: [3], starts: [0], ends: [1] })
        return place === 'first' ? ops.mul(gate, x) : ops.mul(x, gate)
      },
      [1, 1],
    )
    const [a, b] = await relevance(network, { epsilon: 0 })
    expect(a).toBeCloseTo(1 / 3, 6)
    expect(b).toBeCloseTo(2 / 3, 6)
  })

  it("a layer's name does not mean the activation inside the layer", async () => {
    // h = (−7, 1), w² gives R = (4/5, 1/5), which the ReLU in 'hidden' passes; by the gradient of the dense layer
    // R(x₁) = 4/5 − 1/5, R(x₂) = 4/5 + 1/5. Were the name meant for the ReLU too, the closed unit would pass nothing.
    const network = behind(
      (x) => {
        const ops = x.graph.layer('hidden')
        const rows = x.graph.layer('rows').flatten(x)
        return ops.relu(ops.gemm(rows, ops.constant([1, -1, 1, 1], [2, 2]), ops.constant([-10, 0], [2])))
      },
      [2, -1],
    )
    const [a, b] = await relevance(network, { rules: 'hidden=gradient; *=w-square', stabilizer: 0 })
    expect(a).toBeCloseTo(3 / 5, 6)
    expect(b).toBeCloseTo(1, 6)
  })
})

describe('the ledger', () => {
  it('says where relevance is lost to a denominator of zero', async () => {
    const rows = await ledger(tiny(), { composite: 'alpha-beta', stabilizer: 0 })
    expect(rows.map(({ place }) => place)).toEqual([
      'dense2 alpha-beta(2, 1)',
      'relu pass',
      'dense1 alpha-beta(2, 1)',
      'flatten route',
    ])
    const [top, , bottom] = rows
    expect(top).toMatchObject({ arriving: 1, leaving: 1, zero: 0 })
    // 3 leaves where 1 arrives: what β should have taken from h₁ is missing.
    expect(bottom?.arriving).toBeCloseTo(1, 5)
    expect(bottom?.leaving).toBeCloseTo(3, 5)
    expect(bottom?.zero).toBeCloseTo(-2, 5)
    expect(bottom?.bias).toBeCloseTo(0, 5)
  })

  it('says what the bias keeps', async () => {
    // h₁ = 3 + 1 = 4, y = 2·4 − 1 = 7: R(h₁) = 8/7, of which the bias keeps 1/4.
    const rows = await ledger(tiny([1, 0]), { epsilon: 0 })
    const bottom = rows.find(({ place }) => place.startsWith('dense1'))
    expect(bottom?.bias).toBeCloseTo(2 / 7, 5)
    expect(bottom?.leaving).toBeCloseTo(5 / 7, 5)
    expect(bottom?.zero).toBe(0)
  })

  it('says what the stabiliser takes: all that the other columns do not explain', async () => {
    const rows = await ledger(tiny(), { epsilon: 1 })
    // y = 5: the output's denominator is 6, so a sixth is gone.
    expect(rows[0]?.leaving).toBeCloseTo(5 / 6, 5)
    expect(rows[0]?.bias).toBeCloseTo(0, 6)
  })
})

describe('a method without relevance', () => {
  it('says that it keeps no ledger', () => {
    const { model } = tiny()
    const other = { ...lrp, ledger: undefined } as unknown as Method
    expect(() => traceLedger(model, resolveVariant(other, 'epsilon'))).toThrow('keeps no ledger')
  })
})
