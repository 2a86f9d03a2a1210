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
} from '@saliency/core'
import { explainWith, runOnce } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import lrp from '../src/index.ts'

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
const seed = tensor(Float32Array.of(1), [1, 1])

async function relevance(network: LoadedModel, options: Options): Promise<number[]> {
  const maps = await explainWith({ ...network, method, variants: ['epsilon'], options, inputs, seed })
  return [...(maps.get('epsilon') as FloatTensor).data]
}

/** The ledger's numbers of the first image, operator by operator. */
async function ledger({ model, weights }: LoadedModel, options: Options) {
  const rows: { place: string; arriving: number; leaving: number; bias: number; zero: number }[] = []
  for (const entry of traceLedger(model, resolveVariant(method, 'epsilon', options))) {
    const { layer, rule, arriving, leaving, bias, zero } = entry
    const results = await runOnce({ arriving, leaving, bias, zero }, weights, { image: inputs, seed })
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
