import { createGraph, createModel, tensor, type Graph, type LoadedModel, type Value } from '@saliency/core'
import { explainWith, seededImages } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { rectgrad } from '../src/index.ts'

describe('activations of tokens that come before images, [t, n, d]', () => {
  /** Pixels `[n, 8]` as two tokens of four features, a ReLU, and a dense layer over all. */
  function network(
    lay: (graph: Graph, x: Value) => Value,
    back: (graph: Graph, x: Value) => Value,
  ): LoadedModel {
    const graph = createGraph()
    const image = graph.ops.input('image', ['n', 1, 2, 4])
    const tokens = graph.layer('tokens').reshape(image, ['n', 2, 4])
    const active = graph.layer('relu').relu(lay(graph, tokens))
    const dense = graph.layer('dense')
    const flat = graph.layer('flatten').flatten(back(graph, active))
    const logits = dense.gemm(flat, dense.parameter('kernel', [8, 1], 'kernel'))
    const weights = new Map([['kernel', tensor(Float32Array.of(3, 4, -5, 1, 2, -1, 6, 2), [8, 1])]])
    return { model: createModel({ name: 'tokens', graph, image, logits, head: 'none' }), weights }
  }

  const turned = (graph: Graph, x: Value) => graph.layer(`turn${x.node.id}`).transpose(x, [1, 0, 2])
  const mapsOf = (loaded: LoadedModel) =>
    explainWith({
      ...loaded,
      method: rectgrad,
      variants: ['rectgrad-80'],
      options: { percentile: 50 },
      inputs: seededImages(loaded.model, 3, 5),
      direction: tensor(Float32Array.of(1, 1, 1), [3, 1]),
    })

  it('are thresholded image by image', async () => {
    const [first, usual] = await Promise.all([
      mapsOf(network(turned, turned)),
      mapsOf(
        network(
          (_, x) => x,
          (_, x) => x,
        ),
      ),
    ])
    expect(first.get('rectgrad-80')?.data).toEqual(usual.get('rectgrad-80')?.data)
  })

  it('are refused where images have no axis of their own', async () => {
    const joined = network(
      (graph, x) => graph.layer('join').reshape(x, ['2*n', 4]),
      (graph, x) => graph.layer('part').reshape(x, ['n', 8]),
    )
    await expect(mapsOf(joined)).rejects.toThrow(
      "Relu in layer 'relu' has no axis that counts images (its shape is [2*n, 4])",
    )
  })
})
