import {
  backward,
  directionInput,
  type FloatTensor,
  type Graph,
  type Method,
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
import { lrp } from '../src/index.ts'

/** Heads `[n, 2, t, t]` mixed by a 1×1 convolution, or by a dense layer on the last axis. */
const mixers = {
  'a convolution': (graph: Graph, name: string, x: Value) =>
    graph.layer(name).conv(x, graph.ops.parameter(`${name}/kernel`, [2, 2, 1, 1], 'kernel')),
  'a dense layer': (graph: Graph, name: string, x: Value) => {
    const layer = graph.layer(name)
    const kernel = graph.ops.parameter(`${name}/kernel`, [2, 2], 'kernel')
    return layer.transpose(layer.matMul(layer.transpose(x, [0, 2, 3, 1]), kernel), [0, 3, 1, 2])
  },
} as const

/** Attention of 64 tokens whose heads are mixed before and behind the softmax: values are smaller than probabilities. */
function network(mix: (typeof mixers)[keyof typeof mixers]): Model {
  return buildTiny('talking heads', ({ conv, flatten, dense }, image, graph) => {
    const [q, k, v] = (['q', 'k', 'v'] as const).map((name) =>
      graph.layer(`${name}.heads`).reshape(conv(name, image, 6), ['n', 2, 3, 64]),
    ) as [Value, Value, Value]
    const turn = graph.layer('turn')
    const scores = graph.layer('scores').matMul(turn.transpose(q, [0, 1, 3, 2]), k)
    const weights = graph.layer('softmax').softmax(mix(graph, 'before', scores))
    const mixed = graph.layer('attend').matMul(mix(graph, 'behind', weights), turn.transpose(v, [0, 1, 3, 2]))
    return dense('logits', flatten('flatten', mixed), 5)
  })
}

describe.each(Object.entries(mixers))('heads mixed by %s', (_, mix) => {
  const model = network(mix)
  const names = Object.keys(lrp.variants).filter((name) => /^(cp|attn)-lrp/.test(name))

  it.each(names)('%s can explain them', (name) => {
    expect(traceError({ model, method: lrp as unknown as Method }, name)).toBeUndefined()
  })

  it('leave attention a constant in CP-LRP: without ε it is the gradient through the values alone', async () => {
    const request = { inputs: seededImages(model, 1), direction: oneHot(model, [2]) }
    const weights = seededWeights(model, { seed: 5, biases: true })
    const variants = ['cp-lrp-0-gradient']
    const maps = await explainWith({
      ...request,
      model,
      weights,
      method: lrp as unknown as Method,
      variants,
    })
    const none = {
      Softmax: ({ inputs }: { readonly inputs: readonly Value[] }) =>
        inputs.map((x) => x.graph.ops.fill(x.shape, 0)),
    }
    const map = backward({ from: model.logits, start: directionInput(model), rules: none }).at(model.image)
    const feeds = { image: request.inputs, direction: request.direction }
    const expected = (await runOnce({ map }, weights, feeds)).map as FloatTensor
    expect(maps.get('cp-lrp-0-gradient')).toBeCloseToMap(expected, 1e-5)
  })
})
