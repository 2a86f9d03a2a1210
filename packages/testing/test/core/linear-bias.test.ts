import { buildTiny, runOnce, seededImages, seededWeights } from '../../src/index.ts'
import {
  backward,
  directionInput,
  tensor,
  type FloatTensor,
  type LinearRule,
  type Value,
} from '@saliency/core'
import { expect, it } from 'vitest'

it('a rule sees the bias of every linear operator in a shape that broadcasts over its output', async () => {
  const model = buildTiny('biases', ({ conv, dense, flatten, globalAverage }, image, graph) => {
    const z = conv('conv', image, 2)
    const norm = graph.layer('norm')
    const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map((name) =>
      norm.parameter(`norm/${name}`, [2]),
    ) as [Value, Value, Value, Value]
    const normal = norm.batchNormalization(z, gamma, beta, mean, variance, 0.5)
    const less = graph.layer('less').sub(normal, graph.layer('less').constant([7, 9], [2, 1, 1]))
    return dense('logits', flatten('flatten', globalAverage('pool', less)), 3)
  })
  const found: Record<string, Value> = {}
  const note: LinearRule = (site) => {
    const { bias } = site.linear()
    if (bias) found[site.node.layer as string] = bias
    return site.vjp()
  }
  const rules = { Conv: note, Gemm: note, BatchNormalization: note, Sub: note, GlobalAveragePool: note }
  backward({ from: model.logits, start: directionInput(model), until: model.image, rules })
  const vector = (...data: number[]) => tensor(Float32Array.from(data), [data.length])
  const weights = new Map([
    ...seededWeights(model, { seed: 1, biases: true }),
    ['conv/bias', vector(1, 2)],
    ['norm/gamma', vector(3, 4)],
    ['norm/beta', vector(5, 6)],
    ['norm/mean', vector(10, 20)],
    ['norm/variance', vector(1.75, 3.5)],
    ['logits/bias', vector(-1, -2, -3)],
  ])
  const shapes = Object.fromEntries(Object.entries(found).map(([layer, { shape }]) => [layer, shape]))
  expect(shapes).toEqual({ conv: [2, 1, 1], norm: [2, 1, 1], less: [2, 1, 1], logits: [3] })
  const values = await runOnce(found, weights, { image: seededImages(model, 1) })
  const numbers = (layer: string) => [...(values[layer] as FloatTensor).data]
  expect(numbers('conv')).toEqual([1, 2])
  // β − μ·γ/√(σ² + ε): 5 − 10·3/√(1.75 + 0.5) = −15; 6 − 20·4/√(3.5 + 0.5) = −34.
  expect(numbers('norm')).toEqual([-15, -34])
  expect(numbers('less')).toEqual([-7, -9])
  expect(numbers('logits')).toEqual([-1, -2, -3])
})
