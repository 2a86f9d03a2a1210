import {
  backward,
  createGraph,
  createModel,
  directionInput,
  tensor,
  type FloatTensor,
  type Graph,
  type Model,
  type Value,
} from '@saliency/core'
import {
  buildTiny,
  explainWith,
  oneHot,
  runOnce,
  seededImages,
  seededWeights,
  traceError,
} from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { guided } from '../src/index.ts'

type Activation = (ops: Graph['ops'], x: Value) => Value

/** A convolution, one activation in a layer of that name, and a dense layer. */
function net(activation: Activation): Model {
  return buildTiny('one activation', ({ conv, dense, flatten }, image, graph) =>
    dense('logits', flatten('flatten', activation(graph.layer('activation'), conv('conv', image, 4))), 5),
  )
}

async function mapsOf(model: Model, options = {}): Promise<(variant: string) => FloatTensor> {
  const weights = seededWeights(model, { seed: 3, biases: true })
  const inputs = seededImages(model, 1)
  const maps = await explainWith({
    model,
    weights,
    method: guided,
    inputs,
    options,
    direction: oneHot(model, [1]),
  })
  return (variant) => maps.get(variant) as FloatTensor
}

/** The gradient when the signal is rectified once, where it enters the activation from above, and nowhere else. */
async function rectifiedOnce(model: Model): Promise<FloatTensor> {
  const from = model.layer('activation').output
  const start = { from: model.logits, start: directionInput(model) }
  const signal = model.graph.ops.relu(backward({ ...start, until: from }).at(from))
  const map = backward({ from, start: signal, until: model.image }).at(model.image)
  const feeds = { image: seededImages(model, 1), direction: oneHot(model, [1]) }
  return (await runOnce({ map }, seededWeights(model, { seed: 3, biases: true }), feeds)).map as FloatTensor
}

const rectifiers: Readonly<Record<string, Activation>> = {
  leakyRelu: (ops, x) => ops.leakyRelu(x, 0.1),
  elu: (ops, x) => ops.elu(x, 1),
  selu: (ops, x) => ops.selu(x, 1.67, 1.05),
  relu6: (ops, x) => ops.clip(x, 0, 6),
  softplus: (ops, x) => ops.softplus(x),
  silu: (ops, x) => ops.mul(x, ops.sigmoid(x)),
  'swish with a factor': (ops, x) => ops.mul(ops.sigmoid(ops.mul(x, 1.5)), x),
  'hard-swish': (ops, x) => ops.mul(ops.hardSigmoid(x, 1 / 6, 0.5), x),
  'hard-swish by ReLU6': (ops, x) => ops.mul(x, ops.mul(ops.clip(ops.add(x, 3), 0, 6), 1 / 6)),
  gelu: (ops, x) => ops.mul(ops.mul(x, 0.5), ops.add(ops.erf(ops.div(x, Math.SQRT2)), 1)),
  mish: (ops, x) => ops.mul(x, ops.tanh(ops.softplus(x))),
}
const others: Readonly<Record<string, Activation>> = {
  'a clip that does not start at zero': (ops, x) => ops.clip(x, -1, 1),
  tanh: (ops, x) => ops.tanh(x),
  'a hard sigmoid': (ops, x) => ops.mul(ops.clip(ops.add(x, 3), 0, 6), 1 / 6),
  'a gate of another value': (ops, x) => ops.mul(x, ops.sigmoid(ops.globalAveragePool(x))),
}

describe('rectifiers other than ReLU', () => {
  it.each(Object.entries(rectifiers))(
    '%s has its signal rectified once, on its way in',
    async (_, activation) => {
      const model = net(activation)
      const map = await mapsOf(model)
      expect(map('guided')).toBeCloseToMap(await rectifiedOnce(model))
      expect(map('guided').data).not.toEqual(map('gradient').data)
      expect(map('deconvnet').data).not.toEqual(map('gradient').data)
    },
  )

  it.each(Object.entries(rectifiers))(
    '%s keeps its gradient where ReLU alone was asked for',
    async (_, activation) => {
      const map = await mapsOf(net(activation), { sites: 'relu' })
      for (const variant of ['guided', 'deconvnet']) expect(map(variant).data).toEqual(map('gradient').data)
    },
  )

  it.each(Object.entries(others))(
    '%s is none: beside a ReLU it keeps its gradient',
    async (_, activation) => {
      const [alone, both] = [net((ops, x) => ops.relu(x)), net((ops, x) => ops.relu(activation(ops, x)))]
      const rectifiers = (model: Model) => [...model.rectifiers.keys()].map(({ op }) => op)
      expect(rectifiers(both)).toEqual(rectifiers(alone))
    },
  )

  it.each(Object.entries(others))('%s alone is refused: guided would be the gradient', (_, activation) => {
    const model = net(activation)
    expect(traceError({ model, method: guided }, 'gradient')).toBeUndefined()
    for (const variant of ['guided', 'deconvnet']) {
      const error = traceError({ model, method: guided }, variant)
      expect(error).toMatchObject({ name: 'SaliencyError', code: 'UNSUPPORTED_MODEL' })
      expect(error?.message).toMatch(/no rectifier .* in layer 'activation', .* use guided\/gradient\.$/)
    }
  })

  it('attention alone is refused, too', () => {
    const model = buildTiny('attention', ({ flatten, dense }, image, graph) => {
      const layer = graph.layer('attention')
      const rows = layer.reshape(image, ['n', 3, 64])
      const weights = layer.softmax(layer.matMul(rows, layer.transpose(rows, [0, 2, 1])))
      return dense('logits', flatten('flatten', layer.matMul(weights, rows)), 5)
    })
    expect(traceError({ model, method: guided }, 'guided')?.message).toContain("Softmax in layer 'attention'")
  })

  it('a network without any activation is linear: all three are its gradient', async () => {
    const map = await mapsOf(net((_, x) => x))
    for (const variant of ['guided', 'deconvnet']) expect(map(variant).data).toEqual(map('gradient').data)
  })

  it('deconvnet passes positive signals to what a gate opens for, and none to the gate', async () => {
    // y = w · x σ(x): w⁺ as it is, whatever the gate's own slope and value.
    const graph = createGraph()
    const image = graph.ops.input('image', ['n', 1, 2, 2])
    const ops = graph.layer('silu')
    const flat = graph.layer('flatten').flatten(ops.mul(image, ops.sigmoid(image)))
    const logits = graph.layer('dense').gemm(flat, graph.layer('dense').parameter('kernel', [4, 1], 'kernel'))
    const maps = await explainWith({
      model: createModel({ name: 'silu', graph, image, logits, head: 'none' }),
      weights: new Map([['kernel', tensor(Float32Array.of(3, 4, -5, -6), [4, 1])]]),
      method: guided,
      variants: ['deconvnet'],
      inputs: tensor(Float32Array.of(1, -1, 2, -2), [1, 1, 2, 2]),
      direction: tensor(Float32Array.of(1), [1, 1]),
    })
    expect([...(maps.get('deconvnet')?.data ?? [])]).toEqual([3, 4, 0, 0])
  })

  it('a ReLU inside a product with a gate of another value stays one', async () => {
    const model = net((ops, x) => {
      const y = ops.relu(x)
      return ops.mul(y, ops.sigmoid(ops.globalAveragePool(y)))
    })
    const map = await mapsOf(model)
    expect(map('guided').data).not.toEqual(map('gradient').data)
  })
})
