import { describe, expect, it } from 'vitest'
import { backward } from '../src/backward/backward.ts'
import type { Model } from '../src/model.ts'
import { attentionNetwork, merge, plain, split, WIDTH, type Attend } from './attention-network.ts'

const root = Math.sqrt(3 / WIDTH)

/** The heads of queries, keys and values, `[n, 3, 8, 4]` each. */
function split3({ graph, heads, ...of }: Parameters<Attend>[0]) {
  return [of.queries, of.keys, of.values].map((x, at) => split(graph, `heads${at}`, x, heads)) as [
    ReturnType<Attend>,
    ReturnType<Attend>,
    ReturnType<Attend>,
  ]
}

const spellings: Readonly<Record<string, Attend>> = {
  'scale behind the product': plain,
  'scale split on queries and keys': (of) => {
    const [q, k, v] = split3(of)
    const { graph } = of
    const keys = graph.layer('turn').transpose(k, [0, 1, 3, 2])
    const small = Math.sqrt(root)
    const scores = graph
      .layer('scores')
      .matMul(graph.layer('less-q').mul(q, small), graph.layer('less-k').mul(keys, small))
    const weighted = graph.layer('weighted').matMul(graph.layer('softmax').softmax(scores), v)
    return merge(graph, 'merge', weighted)
  },
  'a mask and a relative bias': (of) => {
    const [q, k, v] = split3(of)
    const { graph } = of
    const products = graph
      .layer('scores')
      .matMul(graph.layer('less').mul(q, root), graph.layer('turn').transpose(k, [0, 1, 3, 2]))
    const bias = graph.ops.parameter('bias', [3, 8, 8], 'other')
    const mask = graph.ops.constant(
      Array.from({ length: 64 }, (_, at) => Number(at % 8 <= at / 8)),
      [8, 8],
      'bool',
    )
    const masked = graph.layer('mask').where(mask, graph.layer('relative').add(products, bias), -1e9)
    return merge(graph, 'merge', graph.layer('weighted').matMul(graph.layer('softmax').softmax(masked), v))
  },
  'heads folded into the batch (torch.bmm)': (of) => {
    const { graph } = of
    const [q, k, v] = split3(of).map((x, at) => graph.layer(`fold${at}`).reshape(x, ['3*n', 8, 4]))
    const products = graph.layer('scores').matMul(q!, graph.layer('turn').transpose(k!, [0, 2, 1]))
    const weights = graph.layer('softmax').softmax(graph.layer('scale').div(products, 1 / root))
    const weighted = graph.layer('weighted').matMul(weights, v!)
    return merge(graph, 'merge', graph.layer('unfold').reshape(weighted, ['n', 3, 8, 4]))
  },
  'keys in rows, values in columns (weights turned)': (of) => {
    const { graph } = of
    const [q, k, v] = split3(of).map((x, at) => graph.layer(`turn${at}`).transpose(x, [0, 1, 3, 2]))
    const keys = graph.layer('keys').transpose(k!, [0, 1, 3, 2])
    const scores = graph.layer('scale').mul(graph.layer('scores').matMul(keys, q!), root)
    const weighted = graph.layer('weighted').matMul(v!, graph.layer('softmax').softmax(scores, 2))
    return merge(graph, 'merge', graph.layer('back').transpose(weighted, [0, 1, 3, 2]))
  },
  'heads mixed before and behind the softmax (talking heads)': (of) => {
    const [q, k, v] = split3(of)
    const { graph } = of
    const mix = (name: string, x: typeof q) => {
      const last = graph.layer(`${name}.last`).transpose(x, [0, 2, 3, 1])
      const mixed = graph.layer(name).matMul(last, graph.ops.parameter(name, [3, 3], 'kernel'))
      return graph.layer(`${name}.first`).transpose(mixed, [0, 3, 1, 2])
    }
    const products = graph.layer('scores').matMul(q, graph.layer('turn').transpose(k, [0, 1, 3, 2]))
    const weights = mix('behind', graph.layer('softmax').softmax(mix('before', products)))
    return merge(graph, 'merge', graph.layer('weighted').matMul(weights, v))
  },
}

const shapesOf = ({ attentions }: Model) =>
  attentions.map(({ scores, probabilities, values, queries, keys, output }) =>
    [scores, probabilities, values, queries, keys, output].map(({ shape }) => shape.join(' ')),
  )

describe('attention is found by its pattern', () => {
  it.each(Object.entries(spellings))('%s', (_, attend) => {
    const model = attentionNetwork(attend)
    const tokens = 'n 3 8 4'
    expect(shapesOf(model)).toEqual([['n 3 8 8', 'n 3 8 8', tokens, tokens, tokens, tokens]])
    expect(model.unrecognisedAttentions).toEqual([])
    const [{ layer, input, normed, blockOutput } = {} as Model['attentions'][number]] = model.attentions
    expect(layer).toBe('softmax')
    expect(input).toBe(model.layer('tokens').output)
    expect(normed).toBe(model.layer('norm1').output)
    expect(blockOutput).toBe(model.layer('sum2').output)
  })

  it.each(Object.entries(spellings))('%s: what is explained has a gradient at each', (_, attend) => {
    const { attentions, explained, graph } = attentionNetwork(attend)
    const start = graph.ops.input('direction', explained.shape)
    const { layer: _layer, mixesHeads: _mixes, windows: _windows, ...values } = attentions[0]!
    for (const value of Object.values(values)) {
      const signal = backward({ from: explained, start, until: value }).at(value)
      expect(signal.shape).toEqual(value.shape)
    }
  })

  it('says where heads are mixed', () => {
    const mixes = Object.values(spellings).map((attend) => attentionNetwork(attend).attentions[0]?.mixesHeads)
    expect(mixes).toEqual([false, false, false, false, false, true])
  })

  it('takes what the softmax reads for scores, so that scale, bias and mask are in them', () => {
    const { attentions } = attentionNetwork(spellings['a mask and a relative bias']!)
    expect(attentions[0]?.scores.node.layer).toBe('mask')
  })
})

describe('what is no attention over tokens is named with its layer', () => {
  it('weights features (XCiT)', () => {
    const model = attentionNetwork((of) => {
      const { graph } = of
      const [q, k, v] = split3(of).map((x, at) => graph.layer(`turn${at}`).transpose(x, [0, 1, 3, 2]))
      const scores = graph.layer('scores').matMul(q!, graph.layer('turn').transpose(k!, [0, 1, 3, 2]))
      const weighted = graph.layer('weighted').matMul(graph.layer('softmax').softmax(scores), v!)
      return merge(graph, 'merge', graph.layer('back').transpose(weighted, [0, 1, 3, 2]))
    })
    expect(model.attentions).toEqual([])
    expect(model.unrecognisedAttentions).toEqual([
      { layer: 'scores', reason: 'it weights features, not tokens' },
      { layer: 'weighted', reason: 'it weights features, not tokens' },
    ])
  })

  it('has no softmax (linear attention)', () => {
    const model = attentionNetwork((of) => {
      const { graph } = of
      const [q, k, v] = split3(of)
      const context = graph.layer('context').matMul(graph.layer('turn').transpose(k, [0, 1, 3, 2]), v)
      return merge(graph, 'merge', graph.layer('weighted').matMul(q, context))
    })
    expect(model.attentions).toEqual([])
    expect(model.unrecognisedAttentions.map(({ layer }) => layer)).toEqual(['context', 'weighted'])
    expect(model.unrecognisedAttentions[0]?.reason).toBe('no softmax lies between its products')
  })

  it('gives each place one score (separable attention, MobileViTv2)', () => {
    const model = attentionNetwork((of) => {
      const { graph } = of
      const [q, k, v] = split3(of)
      const score = graph.layer('score').reduceSum(q, { axes: [3] })
      const weights = graph.layer('softmax').softmax(score, 2)
      const context = graph.layer('context').reduceSum(graph.layer('weighted').mul(k, weights), { axes: [2] })
      return merge(graph, 'merge', graph.layer('spread').mul(v, context))
    })
    expect(model.attentions).toEqual([])
    expect(model.unrecognisedAttentions).toEqual([
      {
        layer: 'softmax',
        reason: 'its softmax weights places by scores that are no product of queries and keys',
      },
    ])
  })

  it('is not a softmax over features (selective kernels)', () => {
    const model = attentionNetwork((of) => {
      const { graph } = of
      const [q, , v] = split3(of)
      const gate = graph.layer('softmax').softmax(graph.layer('pool').reduceMean(q, { axes: [2] }), 3)
      return merge(graph, 'merge', graph.layer('gated').mul(v, gate))
    })
    expect(model.unrecognisedAttentions).toEqual([])
  })
})
