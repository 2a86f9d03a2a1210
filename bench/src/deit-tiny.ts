import { createGraph, createModel, type LoadedModel } from '@saliency/core'
import { seededWeights, visionTransformer } from '@saliency/testing'

/** DeiT-tiny's architecture (Touvron et al. 2021, table 1) with seeded weights, on 224×224. */
export function deitTiny(): LoadedModel {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', 3, 224, 224])
  const logits = visionTransformer(graph, image, {
    blocks: 12,
    heads: 3,
    width: 192,
    hidden: 768,
    patch: [16, 16],
    classes: 1000,
  })
  const model = createModel({ name: 'deit-tiny', graph, image, logits, head: 'softmax' })
  return { model, weights: seededWeights(model, { seed: 1, biases: true }) }
}
