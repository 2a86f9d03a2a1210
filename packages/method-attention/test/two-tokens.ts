import { createGraph, createModel, tensor, type LoadedModel, type Weights } from '@saliency/core'

/** What the network of two tokens computes with. */
export interface Numbers {
  /** v = slope · x + offset. */
  readonly slope: number
  readonly offset: number
}

/**
 * Two pixels x as two tokens of one feature, one head, one block, no norm: every query is 1 and keys are x, so that all rows of
 * A are softmax(x); values are v = slope · x + offset; y is the mean over tokens of x + A v.
 */
export function twoTokens({ slope, offset }: Numbers): LoadedModel {
  const graph = createGraph()
  const { ops } = graph
  const numbers = new Map([['positions', tensor(Float32Array.of(0, 0), [1, 2, 1])]])
  const parameter = (name: string, shape: number[], value: number) => {
    numbers.set(name, tensor(Float32Array.of(value), shape))
    return ops.parameter(name, shape, 'kernel')
  }
  const image = ops.input('image', ['n', 1, 1, 2])
  const maps = graph.layer('patches').conv(image, parameter('patches', [1, 1, 1, 1], 1))
  const rows = graph.layer('tokens').transpose(graph.layer('places').reshape(maps, ['n', 1, 2]), [0, 2, 1])
  const x = graph.layer('positions').add(rows, ops.parameter('positions', [1, 2, 1]))
  const projected = (name: string, weight: number, bias: number) => {
    const layer = graph.layer(name)
    const product = layer.matMul(x, parameter(`${name}/kernel`, [1, 1], weight))
    const sum = layer.add(product, parameter(`${name}/bias`, [1], bias))
    return layer.transpose(layer.reshape(sum, ['n', 2, 1, 1]), [0, 2, 1, 3])
  }
  const [q, k, v] = [projected('q', 0, 1), projected('k', 1, 0), projected('v', slope, offset)] as const
  const scores = graph.layer('scores').matMul(q, graph.layer('keys').transpose(k, [0, 1, 3, 2]))
  const attended = graph.layer('attend').matMul(graph.layer('softmax').softmax(scores), v)
  const merged = graph
    .layer('merge')
    .reshape(graph.layer('turn').transpose(attended, [0, 2, 1, 3]), ['n', 2, 1])
  const end = graph.layer('sum').add(x, merged)
  const mean = graph.layer('mean').reduceMean(end, { axes: [1], keepdims: false })
  const logits = graph.layer('head').gemm(mean, parameter('head', [1, 1], 1))
  const model = createModel({ name: 'two tokens', graph, image, logits, head: 'none' })
  const weights: Weights = numbers
  return { model, weights }
}
