import {
  createGraph,
  recalibrateBatchNorm,
  createModel,
  backward,
  tensor,
  type Rules,
  type Value,
} from '@saliency/core'
import { expect, describe, it } from 'vitest'
import { runOnce, testEngine } from '../../src/test-engine.ts'

const row = (...values: number[]) => tensor(Float32Array.from(values), [1, values.length])

describe('where several operands attain an extreme', () => {
  it.each([
    ['reduceMax', [2, 2, 1], [3, 3, 0]],
    ['reduceMin', [5, 1, 1], [0, 3, 3]],
  ] as const)('%s shares the signal among them', async (op, values, expected) => {
    const { ops } = createGraph()
    const x = ops.input('x', ['n', 3])
    const y = ops[op](x, { axes: [1] })
    const signal = backward({ from: y, start: ops.fill(y.shape, 6) }).at(x)
    expect([...(await runOnce({ signal }, new Map(), { x: row(...values) }))['signal']!.data]).toEqual(
      expected,
    )
  })

  it.each(['max', 'min'] as const)('%s of two equal operands gives it to the first alone', async (op) => {
    const { ops } = createGraph()
    const [a, b] = [ops.input('a', ['n', 3]), ops.input('b', ['n', 3])] as [Value, Value]
    const y = ops[op](a, b)
    const signals = backward({ from: y, start: ops.fill(y.shape, 1) })
    const outputs = { first: signals.at(a), second: signals.at(b) }
    const feeds = { a: row(4, 1, 2), b: row(4, 2, 1) }
    const { first, second } = await runOnce(outputs, new Map(), feeds)
    expect([...first!.data]).toEqual(op === 'max' ? [1, 0, 1] : [1, 1, 0])
    expect([...second!.data]).toEqual(op === 'max' ? [0, 1, 0] : [0, 0, 1])
  })
})

describe('a difference with a parameter, taken apart', () => {
  it.each([
    ['x − b: the bias is −b', true, 5 - 2 * 3],
    ['b − x: the bias is b', false, 2 * 3 - 5],
  ])('%s', async (_, isLeft, expected) => {
    const graph = createGraph()
    const x = graph.ops.input('x', ['n', 1])
    const b = graph.ops.parameter('b', [1], 'bias')
    const y = isLeft ? graph.layer('difference').sub(x, b) : graph.layer('difference').sub(b, x)
    const seen: Value[] = []
    const rules: Rules = {
      Sub: (site) => {
        seen.push(site.linear({ bias: (bias) => graph.ops.mul(bias, 2) }).output)
        return site.vjp()
      },
    }
    backward({ from: y, start: graph.ops.fill(y.shape, 1), rules }).at(x)
    const weights = new Map([['b', tensor(Float32Array.of(3), [1])]])
    const { output } = await runOnce({ output: seen[0]! }, weights, { x: row(5) })
    expect([...output!.data]).toEqual([expected])
  })
})

it('recalibration takes the first batch even where that alone is more than fits', async () => {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', 1, 1, 2])
  const bn = graph.layer('bn')
  const [gamma, beta, mean, variance] = (['gamma', 'beta', 'mean', 'variance'] as const).map((role) =>
    bn.parameter(`bn/${role}`, [1], role),
  ) as [Value, Value, Value, Value]
  const normalised = bn.batchNormalization(image, gamma, beta, mean, variance, 1e-3)
  // 2²⁶ numbers, of which one image alone fits; nothing above the batch norm is computed.
  const large = graph.layer('large').resize(normalised, [8192, 8192])
  const head = graph.layer('logits')
  const logits = head.gemm(head.flatten(head.globalAveragePool(large)), head.parameter('w', [1, 2], 'kernel'))
  const model = createModel({ name: 'large', graph, image, logits, head: 'none' })
  const weights = new Map(
    model.layers.flatMap(({ parameters }) =>
      parameters.map(({ name, shape }) => {
        const size = shape.reduce((product, side) => product * side, 1)
        return [name, tensor(new Float32Array(size).fill(1), shape)] as const
      }),
    ),
  )
  const batches = [
    [1, 2, 3, 6],
    [100, 100, 100, 100],
  ].map((values) => tensor(Float32Array.from(values), [2, 1, 1, 2]))
  const engine = await testEngine()
  const measured = await recalibrateBatchNorm({ model, weights, layers: ['bn'], engine, batches })
  expect([...measured.get('bn/mean')!.data]).toEqual([3])
  expect([...measured.get('bn/variance')!.data]).toEqual([3.5])
})
