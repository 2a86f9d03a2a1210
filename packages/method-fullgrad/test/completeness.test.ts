import { backward, seedOf, type FloatTensor, type LoadedModel } from '@saliency/core'
import {
  buildTiny,
  hasReference,
  logitsOf,
  oneHot,
  openReference,
  runOnce,
  seededImages,
  seededWeights,
  tinyNetwork,
  tinyNetworkNames,
} from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { contributions } from '../src/index.ts'

/** The logit of each image's class, and the sum of all terms of the decomposition. */
async function bothSides({ model, weights }: LoadedModel, image: FloatTensor, classes: readonly number[]) {
  const { ops } = model.graph
  const seed = seedOf(model)
  const terms = contributions({
    model,
    ops,
    backward: (request = {}) => backward({ from: model.logits, seed, until: model.image, ...request }),
    options: { gradient: 'signed', bias: true },
  })
  const sums = terms.map((term) =>
    ops.reshape(ops.reduceSum(term, { axes: term.shape.map((_, at) => at).slice(1) }), ['n']),
  )
  const total = sums.reduce((sum, term) => ops.add(sum, term))
  const { data } = (await runOnce({ total }, weights, { image, seed: oneHot(model, classes) }))
    .total as FloatTensor
  const logits = await logitsOf({ model, weights }, image)
  const k = Number(model.logits.shape[1])
  return classes.map((target, row) => ({
    logit: Number(logits.data[row * k + target]),
    sum: Number(data[row]),
  }))
}

function expectEqual(pairs: readonly { logit: number; sum: number }[]): void {
  for (const { logit, sum } of pairs) {
    expect(Math.abs(sum - logit)).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(logit)))
  }
}

describe('all terms sum to the logit', () => {
  it.each(tinyNetworkNames)('on %s', async (name) => {
    const network = tinyNetwork(name, { seed: 5 })
    expectEqual(await bothSides(network, seededImages(network.model, 3), [0, 2, 4]))
  })

  it.each([
    'elu',
    'selu',
    'silu',
    'softplus',
    'tanh',
    'leakyRelu',
    'gate',
    'gelu',
    'hardSwish',
    'minimum',
    'maxout',
  ] as const)('on a net of %s, whose activations have implicit biases', async (activation) => {
    const model = buildTiny(activation, ({ conv, dense, flatten, globalAverage }, image, graph) => {
      const x = conv('conv', image, 4)
      const ops = graph.layer('activation')
      const y = {
        elu: () => ops.elu(x, 0.7),
        selu: () => ops.selu(x, 1.67, 1.05),
        silu: () => ops.mul(x, ops.sigmoid(x)),
        softplus: () => ops.softplus(x),
        tanh: () => ops.tanh(x),
        leakyRelu: () => ops.leakyRelu(x, 0.1),
        gelu: () => ops.mul(ops.mul(x, 0.5), ops.add(ops.erf(ops.div(x, Math.SQRT2)), 1)),
        hardSwish: () => ops.mul(x, ops.mul(ops.clip(ops.add(x, 3), 0, 6), 1 / 6)),
        minimum: () => ops.max(ops.min(x, 0.5), -0.5),
        maxout: () => ops.max(x, graph.layer('half').mul(x, -0.5)),
        gate: () => ops.mul(x, ops.sigmoid(graph.layer('squeeze').globalAveragePool(x))),
      }[activation]()
      return dense('logits', flatten('flatten', globalAverage('pool', y)), 5)
    })
    const weights = seededWeights(model, { seed: 2, biases: true })
    expectEqual(await bothSides({ model, weights }, seededImages(model, 3), [0, 2, 4]))
  })

  it.skipIf(!hasReference).each(['model.json', 'model.onnx'] as const)(
    'on ResNet-20 from %s',
    async (file) => {
      const reference = await openReference()
      const network = await reference.model(file)
      expectEqual(await bothSides(network, reference.images, reference.targets.label))
      expectEqual(await bothSides(network, reference.images, reference.targets.other))
    },
  )
})
