import { createGraph, createModel, defineMethod, tensor, type GraphMethod, type Layer } from '@saliency/core'
import { describeMethod, explainWith, oneHot, seededImages, tinyNetwork } from '@saliency/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guided, guidedGradcam } from '../src/index.ts'

/** Stands in for the class activation maps, which Guided Grad-CAM names: plugins never import plugins. */
const gradcam: GraphMethod<Record<never, never>> = defineMethod({
  contract: 1,
  id: 'gradcampp',
  title: 'Grad-CAM',
  references: ['Selvaraju et al. 2017 (arXiv:1610.02391)'],
  options: {},
  variants: { gradcam: { description: 'Grad-CAM.', handling: 'signed', options: {} } },
  traits: { resolution: 'layer' },
  kind: 'graph',
  explain({ model, ops, backward }) {
    const A = (model.target.layer as Layer).output
    const g = backward({ until: A }).at(A)
    return ops.relu(ops.reduceSum(ops.mul(A, ops.reduceMean(g, { axes: [2, 3] })), { axes: [1] }))
  },
})

describeMethod(guided)
describeMethod(guidedGradcam, {
  methods: [guided, gradcam],
  networks: ['one-relu', 'skip', 'conv-pool', 'concat'],
})

describe('by hand', () => {
  it('treats the signal at one ReLU as the formulas say', async () => {
    // y = w · ReLU(x) on four pixels. Plain gradient at x: w where x > 0.
    //   x =  1  -1   2  -2        x > 0: yes no yes no
    //   w =  3   4  -5  -6        w > 0: yes yes no no
    // gradient w·1[x>0]        =  3   0  -5   0
    // deconvnet w·1[w>0]       =  3   4   0   0
    // guided w·1[x>0]·1[w>0]   =  3   0   0   0
    const graph = createGraph()
    const image = graph.ops.input('image', ['n', 1, 2, 2])
    const open = graph.layer('relu').relu(image)
    const kernel = graph.layer('dense').parameter('kernel', [4, 1], 'kernel')
    const logits = graph.layer('dense').gemm(graph.layer('flatten').flatten(open), kernel)
    const model = createModel({ name: 'by hand', graph, image, logits, head: 'none' })
    const maps = await explainWith({
      model,
      weights: new Map([['kernel', tensor(Float32Array.of(3, 4, -5, -6), [4, 1])]]),
      method: guided,
      inputs: tensor(Float32Array.of(1, -1, 2, -2), [1, 1, 2, 2]),
      direction: tensor(Float32Array.of(1), [1, 1]),
    })
    // Adding 0 makes a negative zero plain.
    expect(Array.from(maps.get('gradient')?.data ?? [], (value) => Number(value) + 0)).toEqual([3, 0, -5, 0])
    expect([...(maps.get('deconvnet')?.data ?? [])]).toEqual([3, 4, 0, 0])
    expect([...(maps.get('guided')?.data ?? [])]).toEqual([3, 0, 0, 0])
  })
})

describe('identities', () => {
  it('are all the gradient on a net without a rectifier', async () => {
    const { model, weights } = tinyNetwork('dot')
    const maps = await explainWith({
      model,
      weights,
      method: guided,
      inputs: seededImages(model, 2),
      direction: oneHot(model, [0, 4]),
    })
    for (const name of ['deconvnet', 'guided'])
      expect(maps.get(name)?.data).toEqual(maps.get('gradient')?.data)
  })

  it('scale with the logit, and guided never equals the gradient where a signal is negative', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1000 }),
        fc.constantFrom('skip', 'conv-pool', 'depthwise', 'shared-activation'),
        // Powers of two, which round nothing.
        fc.constantFrom(0.25, 2, 8),
        async (seed, name, factor) => {
          const { model, weights } = tinyNetwork(name, { seed })
          const request = { model, weights, method: guided, inputs: seededImages(model, 1, seed) }
          const maps = await explainWith({ ...request, direction: oneHot(model, [2]) })
          const scaled = await explainWith({ ...request, direction: oneHot(model, [2], factor) })
          for (const [variant, map] of maps) {
            expect(scaled.get(variant)?.data, variant).toEqual(map.data.map((value) => value * factor))
          }
          expect(maps.get('guided')?.data).not.toEqual(maps.get('gradient')?.data)
        },
      ),
      { numRuns: 30, seed: 19 },
    )
  })
})
