import { createGraph, createModel, type LoadedModel, type Method, tensor, type Value } from '@saliency/core'
import { explainWith } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { lrp } from '../src/index.ts'

const method = lrp as unknown as Method

/** The two halves of an image joined by an operator without weights, and a classifier that hands its relevance of 1 on. */
function joined(join: (a: Value, b: Value, both: Value) => Value): LoadedModel {
  const graph = createGraph()
  const image = graph.layer('image').input('image', ['n', 1, 1, 2])
  const { slice } = graph.layer('halves')
  const half = (at: number) => slice(image, { axes: [3], starts: [at], ends: [at + 1] })
  const rows = graph.layer('flatten').flatten(join(half(0), half(1), image))
  const dense = graph.layer('dense')
  const logits = dense.gemm(rows, dense.parameter('kernel', [1, 1], 'kernel'))
  return {
    model: createModel({ name: 'joined', graph, image, logits, head: 'none' }),
    weights: new Map([['kernel', tensor(Float32Array.of(1), [1, 1])]]),
  }
}

const sum = joined((a, b) => a.graph.layer('join').add(a, b))
const difference = joined((a, b) => a.graph.layer('join').sub(a, b))
const mean = joined((_, __, both) => both.graph.layer('join').globalAveragePool(both))

describe('a rule at an operator without weights takes them to be 1, and −1 behind a minus', () => {
  // 3 + (−1) and 3 − 1 are 2; their contributions are 3 and −1. 3 − (−1) has 3 and 1.
  //   z-plus: 3 of 3. alpha2-beta1: 2 · 3/3 and −1 · (−1)/(−1). gamma 1: 6 and −1 of 5. w-square, flat: 1 of 2 each.
  it.each([
    ['sum', 'epsilon(0)', sum, [3, -1], [3 / 2, -1 / 2]],
    ['sum', 'z-plus', sum, [3, -1], [1, 0]],
    ['sum', 'z-plus', sum, [-1, 3], [0, 1]],
    ['sum', 'alpha-beta(2, 1)', sum, [3, -1], [2, -1]],
    ['sum', 'gamma(1)', sum, [3, -1], [6 / 5, -1 / 5]],
    ['sum', 'w-square', sum, [3, -1], [1 / 2, 1 / 2]],
    ['difference', 'z-plus', difference, [3, 1], [1, 0]],
    ['difference', 'z-plus', difference, [3, -1], [3 / 4, 1 / 4]],
    ['difference', 'alpha-beta(2, 1)', difference, [3, 1], [2, -1]],
    ['difference', 'gamma(1)', difference, [3, 1], [6 / 5, -1 / 5]],
    ['difference', 'w-square', difference, [3, 1], [1 / 2, 1 / 2]],
    ['difference', 'flat', difference, [3, 1], [1 / 2, 1 / 2]],
    ['mean', 'z-plus', mean, [3, -1], [1, 0]],
    ['mean', 'alpha-beta(2, 1)', mean, [3, -1], [2, -1]],
  ] as const)('%s by %s', async (name, rule, network, pixels, expected) => {
    const kind = name === 'mean' ? 'pool' : 'sum'
    const maps = await explainWith({
      ...network,
      method,
      variants: ['epsilon'],
      options: { rules: `${kind}=${rule}`, epsilon: 0, stabilizer: 0 },
      inputs: tensor(Float32Array.from(pixels), [1, 1, 1, 2]),
      direction: tensor(Float32Array.of(1), [1, 1]),
    })
    expect(maps.get('epsilon')).toBeCloseToMap(tensor(Float32Array.from(expected), [1, 1, 1, 2]), 1e-6)
  })
})

describe('a negative branch of a sum', () => {
  it.each(['deep-taylor-unbounded', 'excitation-backprop'])('gets nothing from %s', async (composite) => {
    const request = {
      ...sum,
      method,
      inputs: tensor(Float32Array.of(3, -1), [1, 1, 1, 2]),
      direction: tensor(Float32Array.of(1), [1, 1]),
    }
    const positive = await explainWith({ ...request, variants: ['epsilon'], options: { composite } })
    expect(positive.get('epsilon')).toBeCloseToMap(tensor(Float32Array.of(1, 0), [1, 1, 1, 2]))
    // Zennit's Norm, which its own composites keep.
    const signed = await explainWith({ ...request, variants: ['z-plus'] })
    expect(signed.get('z-plus')).toBeCloseToMap(tensor(Float32Array.of(1.5, -0.5), [1, 1, 1, 2]))
  })
})
