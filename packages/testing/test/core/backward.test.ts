import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { describe, expect, it } from 'vitest'
import { backward } from '../../../core/src/backward/backward.ts'
import type { Rules } from '../../../core/src/backward/site.ts'
import { createGraph } from '../../../core/src/graph/graph.ts'
import { ancestors } from '../../../core/src/graph/reach.ts'
import type { Value } from '../../../core/src/graph/value.ts'
import { createRandom } from '../../../core/src/random.ts'
import { tensor, type FloatTensor } from '../../../core/src/tensor.ts'

const random = createRandom('backward')
const values = (...shape: number[]): FloatTensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  )

/** conv → batch norm (a large epsilon, so that forgetting it shows) → ReLU → GAP → dense. */
function net() {
  const graph = createGraph()
  const { ops } = graph
  const image = ops.input('image', ['n', 2, 5, 5])
  const conv = graph
    .layer('conv')
    .conv(image, ops.parameter('k', [3, 2, 3, 3], 'kernel'), ops.parameter('b', [3], 'bias'))
  const [gamma, beta, mean, variance] = (['gamma', 'beta', 'mean', 'variance'] as const).map((name) =>
    ops.parameter(name, [3], name),
  ) as [Value, Value, Value, Value]
  const norm = graph.layer('bn').batchNormalization(conv, gamma, beta, mean, variance, 1e-3)
  const relu = graph.layer('relu').relu(norm)
  const pooled = graph.layer('gap').globalAveragePool(relu)
  const logits = graph.layer('fc').gemm(ops.reshape(pooled, ['n', 3]), ops.parameter('w', [3, 4], 'kernel'))
  const weights = new Map([
    ['k', values(3, 2, 3, 3)],
    ['b', values(3)],
    ['gamma', values(3)],
    ['beta', values(3)],
    ['mean', values(3)],
    ['variance', tensor(Float32Array.of(0.001, 0.5, 2), [3])],
    ['w', values(3, 4)],
  ])
  return { graph, ops, image, conv, norm, relu, logits, weights, seed: ops.input('seed', ['n', 4]) }
}

async function run(
  outputs: Record<string, Value>,
  weights: Map<string, FloatTensor>,
  feeds: Record<string, FloatTensor>,
) {
  const engine = await openOnnxRuntime()
  const session = await engine.open({ outputs }, weights)
  const result = await session.run(feeds)
  await session.dispose()
  return (name: string) => [...(result[name] as FloatTensor).data]
}

describe('rules', () => {
  it('replace the vector–Jacobian product of their operator alone', () => {
    const { logits, seed, image, relu } = net()
    const doubled: Rules = { Relu: ({ vjp, signal, ops }) => vjp(ops.mul(signal, 2)) }
    const plain = backward({ from: logits, start: seed })
    const ruled = backward({ from: logits, start: seed, rules: doubled })
    expect(ruled.at(relu)).toBe(plain.at(relu))
    expect(ruled.at(image)).not.toBe(plain.at(image))
  })

  it('in a list, the first entry that holds and has a rule for the operator wins', () => {
    const { logits, seed, relu, norm } = net()
    const rules: Rules = [
      [() => true, { Conv: ({ vjp }) => vjp() }],
      [(node) => node.layer === 'relu', { Relu: ({ signal }) => [signal] }],
      [() => true, { Relu: ({ signal, ops }) => [ops.neg(signal)] }],
    ]
    const signals = backward({ from: logits, start: seed, rules })
    expect(signals.at(norm)).toBe(signals.at(relu))
  })

  it('that return the wrong number or shape of signals are named', () => {
    const { logits, seed, ops } = net()
    expect(() => backward({ from: logits, start: seed, rules: { Relu: () => [] } })).toThrow(
      "The rule for Relu in layer 'relu' returned 0 signals for 1 data input.",
    )
    expect(() =>
      backward({ from: logits, start: seed, rules: { Relu: ({ signal }) => [ops.flatten(signal)] } }),
    ).toThrow(/returned a signal of shape \[n, 27\] for an input of shape \[n, 3, 3, 3\]/)
  })
})

describe('what cannot be explained', () => {
  it('an operator taken for linear that is not is named with its layer', () => {
    const { logits, seed } = net()
    const rules = { Relu: (site: { linear?: () => never }) => site.linear?.() } as unknown as Rules
    expect(() => backward({ from: logits, start: seed, rules })).toThrow(
      "Relu in layer 'relu' is not linear in its inputs",
    )
  })

  it('an operator without a gradient is named with its layer', () => {
    const graph = createGraph()
    const x = graph.ops.input('x', ['n', 6])
    const top = graph.layer('topk').topK(x, 3).values
    expect(() => backward({ from: top, start: top })).toThrow("TopK in layer 'topk' has no gradient")
  })

  it('a value that the logits do not depend on is named', () => {
    const { logits, seed, graph, image } = net()
    const aside = graph.layer('aside').relu(image)
    expect(() => backward({ from: logits, start: seed }).at(aside)).toThrow(
      "No signal reaches the output of Relu in layer 'aside'",
    )
  })
})

describe('batch norm', () => {
  it('merged into the convolution before it leaves every gradient as it was', async () => {
    const { logits, seed, image, conv, weights } = net()
    const separate = backward({ from: logits, start: seed })
    const merged = backward({ from: logits, start: seed, batchNorm: 'merge' })
    // Kernel times scale, either way: below the pair the two walks are one expression.
    expect(merged.at(image)).toBe(separate.at(image))
    const feeds = { image: values(2, 2, 5, 5), seed: values(2, 4) }
    const get = await run({ separate: separate.at(conv), merged: merged.at(conv) }, weights, feeds)
    const [left, right] = [get('separate'), get('merged')]
    const apart = Math.max(...left.map((value, index) => Math.abs(value - (right[index] as number))))
    expect(apart).toBeLessThan(1e-4 * Math.max(...left.map(Math.abs)))
  })

  it('is part of the linear site: without its bias, output is the folded convolution alone', async () => {
    const { logits, seed, norm, weights, ops } = net()
    const seen: Value[] = []
    const rules: Rules = {
      Conv: (site) => {
        seen.push(
          site.output,
          site.linear().output,
          site.linear({ bias: () => undefined }).output,
          site.linear({ input: (x) => ops.mul(x, 0) }).output,
        )
        return site.vjp()
      },
    }
    backward({ from: logits, start: seed, rules, batchNorm: 'merge' })
    const [output, same, withoutBias, biasAlone] = seen as [Value, Value, Value, Value]
    expect(output).toBe(norm)
    expect(same).toBe(norm)
    const get = await run({ output, sum: ops.add(withoutBias, biasAlone) }, weights, {
      image: values(1, 2, 5, 5),
    })
    for (const [index, value] of get('sum').entries())
      expect(value).toBeCloseTo(get('output')[index] as number, 3)
  })
})

it('methods that use the same signal share one backward pass', () => {
  const { logits, seed, image } = net()
  const first = backward({ from: logits, start: seed }).at(image)
  const before = ancestors([first]).length
  expect(backward({ from: logits, start: seed, rules: {} }).at(image)).toBe(first)
  expect(ancestors([first]).length).toBe(before)
})
