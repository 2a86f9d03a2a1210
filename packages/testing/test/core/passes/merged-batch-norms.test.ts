import { backward, createGraph, type Ops, type Value } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { foldBatchNorm, mergedBatchNorms } from '../../../../core/src/passes/merged-batch-norms.ts'
import { expectSame } from './same.ts'

const shape = ['n', 2, 5, 5] as const
const parameters = { w: [4, 2, 3, 3], b: [4], gamma: [4], beta: [4], mean: [4], variance: [4] }

function norm(ops: Ops, x: Value) {
  const [gamma, beta, mean, variance] = (['gamma', 'beta', 'mean', 'variance'] as const).map((role) =>
    ops.parameter(role, [4], role),
  ) as [Value, Value, Value, Value]
  return ops.batchNormalization(x, gamma, beta, mean, variance, 1e-3)
}

function network(between: (ops: Ops, x: Value) => Value = (_, x) => x) {
  const graph = createGraph()
  const image = graph.ops.input('image', shape)
  const [weight, bias] = [
    graph.ops.parameter('w', [4, 2, 3, 3], 'kernel'),
    graph.ops.parameter('b', [4], 'bias'),
  ]
  const conv = graph.layer('conv').conv(image, weight, bias)
  return {
    graph,
    image,
    conv,
    weight,
    bias,
    output: norm(graph.layer('bn'), between(graph.layer('act'), conv)),
  }
}

describe('a convolution and the batch norm behind it', () => {
  it('are one layer, but not with a ReLU between them', () => {
    const { conv, output } = network()
    expect(mergedBatchNorms.rewrite(output.node as never, { biases: false })).toEqual({
      layer: conv.node,
      norm: output.node,
    })
    const split = network((ops, x) => ops.relu(x)).output
    expect(mergedBatchNorms.rewrite(split.node as never, { biases: false })).toBeUndefined()
  })

  it('compute the same with the norm folded into weights and bias', async () => {
    const { graph, image, conv, weight, bias, output } = network()
    const folded = foldBatchNorm(graph.ops, output.node as never, conv.node as never, { weight, bias })
    await expectSame(graph.ops.conv(image, folded.weight, folded.bias), output, { image: shape }, parameters)
  })

  it('have the gradient that they have apart', async () => {
    const { graph, image, output } = network()
    const seed = graph.ops.input('signal', output.shape)
    const gradient = (batchNorm: 'merge' | 'separate') =>
      backward({ from: output, start: seed, batchNorm }).at(image)
    const feeds = { image: shape, signal: output.shape }
    await expectSame(gradient('merge'), gradient('separate'), feeds, parameters)
  })
})
