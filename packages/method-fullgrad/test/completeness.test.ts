import { backward, directionInput, type FloatTensor, type LoadedModel, type Value } from '@saliency/core'
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
  const direction = directionInput(model)
  const terms = contributions({
    model,
    ops,
    backward: (request = {}) =>
      backward({ from: model.logits, start: direction, until: model.image, ...request }),
    options: { gradient: 'signed', bias: true },
  })
  const sums = terms.map(({ value: term }) =>
    ops.reshape(ops.reduceSum(term, { axes: term.shape.map((_, at) => at).slice(1) }), ['n']),
  )
  const total = sums.reduce((sum, term) => ops.add(sum, term))
  const { data } = (await runOnce({ total }, weights, { image, direction: oneHot(model, classes) }))
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

  // Features f in [n, 4] of a convolution, and what an operator makes of them.
  const positive = (f: Value) => f.graph.layer('positive').add(f.graph.layer('positive').abs(f), 0.5)
  const behind: Readonly<Record<string, (f: Value) => Value>> = {
    'layer norm': (f) => {
      const ops = f.graph.layer('norm')
      const centred = ops.sub(f, ops.reduceMean(f, { axes: [1] }))
      const variance = ops.reduceMean(ops.pow(centred, 2), { axes: [1] })
      return ops.div(centred, ops.sqrt(ops.add(variance, 1e-3)))
    },
    'signal ÷ signal': (f) => f.graph.layer('quotient').div(f, positive(f)),
    'signal ÷ constant': (f) => f.graph.layer('quotient').div(f, 3),
    'constant ÷ signal': (f) => f.graph.layer('quotient').div(2, positive(f)),
    'constants ÷ broadcast signal': (f) => {
      const ops = f.graph.layer('quotient')
      return ops.div(ops.constant([1, 2, 3, 4], [1, 4]), positive(ops.reduceMean(f, { axes: [1] })))
    },
    'signal less constants': (f) => {
      const ops = f.graph.layer('difference')
      return ops.sub(f, ops.constant([1, 2, 3, 4], [1, 4]))
    },
    'constants less signal': (f) => {
      const ops = f.graph.layer('difference')
      return ops.sub(ops.constant([1, 2, 3, 4], [1, 4]), f)
    },
    power: (f) => f.graph.layer('power').pow(positive(f), 1.5),
    'power of a signal': (f) => f.graph.layer('power').pow(positive(f), f),
    'power of a constant': (f) => f.graph.layer('power').pow(2, f),
    'softmax gate': (f) => f.graph.layer('gate').mul(f, f.graph.layer('gate').softmax(f, 1)),
    'log softmax': (f) => f.graph.layer('log').logSoftmax(f, 1),
    attention: (f) => {
      const ops = f.graph.layer('attention')
      const tokens = ops.reshape(f, ['n', 2, 2])
      const scores = ops.softmax(ops.matMul(tokens, ops.transpose(tokens, [0, 2, 1])), 2)
      return ops.flatten(ops.matMul(scores, tokens))
    },
    'mask of what lies above the mean': (f) => {
      const ops = f.graph.layer('mask')
      return ops.mul(f, ops.cast(ops.greater(f, ops.reduceMean(f, { axes: [1] })), 'float32'))
    },
    'constant where': (f) => {
      const ops = f.graph.layer('where')
      return ops.where(ops.greater(f, 0), f, 0.7)
    },
    'constant beside a signal': (f) => {
      const ops = f.graph.layer('join')
      return ops.mul(ops.concat([f, ops.expand(ops.constant([2], [1, 1]), ['n', 1])], 1), -1)
    },
    'constant padding': (f) =>
      f.graph.layer('pad').pad(f, {
        pads: [
          [0, 0],
          [1, 1],
        ],
        value: 0.4,
      }),
    'largest of a broadcast signal and constants': (f) => {
      const ops = f.graph.layer('max')
      return ops.max(ops.reduceMean(f, { axes: [1] }), ops.constant([-1, 0, 0.1, 1], [1, 4]))
    },
  }

  it.each(Object.entries(behind))('behind %s', async (name, operator) => {
    const model = buildTiny(name, ({ conv, dense, flatten, globalAverage }, image) =>
      dense('logits', operator(flatten('flatten', globalAverage('pool', conv('conv', image, 4)))), 5),
    )
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
