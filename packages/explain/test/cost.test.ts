import { createGraph, createModel, type Value } from '@saliency/core'
import { expect, it } from 'vitest'
import { costOf } from '../src/index.ts'

/** A dense layer on 12 pixels, and another product of the same size whose batch holds each image `times` times. */
function network(times: number) {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', 1, 3, 4])
  const kernel = graph.layer('dense').parameter('kernel', [12, 5], 'kernel')
  const flat = graph.layer('flatten').flatten(image)
  const logits = graph.layer('dense').matMul(flat, kernel)
  const model = createModel({ name: 'net', graph, image, logits, head: 'none' })
  const copies = graph.ops.expand(graph.ops.reshape(flat, ['n', 1, 12]), ['n', times, 12])
  const batch = times === 1 ? 'n' : (`${times}*n` as const)
  const product: Value = graph.ops.matMul(graph.ops.mul(graph.ops.reshape(copies, [batch, 12]), 2), kernel)
  return { model, product }
}

it.each([1, 3, 20])('counts an image as often as a batch holds it: %i times', (times) => {
  const { model, product } = network(times)
  expect(costOf(model, [product]).forwards).toBe(1 + times)
})
