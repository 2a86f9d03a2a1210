import { describe, expect, it } from 'vitest'
import { createModel } from '../src/create-model.ts'
import { createGraph } from '../src/graph/graph.ts'
import type { Graph } from '../src/graph/value.ts'
import type { Value } from '../src/graph/value.ts'

type Body = (graph: Graph, features: Value) => Value

const parameter = (graph: Graph, name: string, shape: readonly number[]) =>
  graph.ops.parameter(name, shape, 'kernel')

/** Patches of 2×2 as 6 channels `[n, 6, 4, 4]`, what `body` makes of them, and a dense layer over 5 classes. */
function modelOf(body: Body) {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', 3, 8, 8])
  const patches = graph
    .layer('patches')
    .conv(image, parameter(graph, 'patches', [6, 3, 2, 2]), undefined, { strides: [2, 2] })
  const features = body(graph, graph.layer('relu').relu(patches))
  const width = Number(features.shape[1])
  const logits = graph.layer('dense').gemm(features, parameter(graph, 'dense', [width, 5]))
  return createModel({ name: 'net', graph, image, logits, head: 'none' })
}

const pooled = (graph: Graph, x: Value) =>
  graph.layer('flatten').flatten(graph.layer('gap').globalAveragePool(x))

/** `[n, 6, 4, 4]` → tokens `[n, 16, 6]`. */
const tokens = (graph: Graph, x: Value) =>
  graph.layer('to-tokens').transpose(graph.layer('join-places').reshape(x, ['n', 6, 16]), [0, 2, 1])

function dense(graph: Graph, name: string, x: Value, out: number): Value {
  return graph.layer(name).matMul(x, parameter(graph, name, [Number(x.shape.at(-1)), out]))
}

/** Softmax(x xᵀ) x, one head, without anything learned. */
function attention(graph: Graph, x: Value): Value {
  const scores = graph.layer('scores').matMul(x, graph.layer('keys').transpose(x, [0, 2, 1]))
  return graph.layer('attended').matMul(graph.layer('attention').softmax(scores), x)
}

const meanOfTokens = (graph: Graph, x: Value) =>
  graph.layer('mean').reduceMean(x, { axes: [1], keepdims: false })

describe('the default target layer', () => {
  it.each<[string, Body, string, number[]]>([
    ['the activation in front of the global pool', pooled, 'relu', [6, 4, 4]],
    [
      'not a pool',
      (g, x) => pooled(g, g.layer('max').maxPool(x, { kernel: [2, 2], strides: [2, 2] })),
      'relu',
      [6, 4, 4],
    ],
    [
      'what a circular pad and a convolution make',
      (g, x) => {
        const side = (axis: number, starts: number, ends: number, of: Value) =>
          g.layer(`edge${axis}${starts}`).slice(of, { axes: [axis], starts: [starts], ends: [ends] })
        const pad = (axis: number, of: Value) =>
          g.layer(`pad${axis}`).concat([side(axis, 3, 4, of), of, side(axis, 0, 1, of)], axis)
        const conv = g.layer('conv').conv(pad(3, pad(2, x)), parameter(g, 'conv', [6, 6, 3, 3]))
        return pooled(g, g.layer('relu2').relu(conv))
      },
      'relu2',
      [6, 4, 4],
    ],
    [
      'what is rolled by one row',
      (g, x) => {
        const rows = (name: string, starts: number, ends: number) =>
          g.layer(name).slice(x, { axes: [2], starts: [starts], ends: [ends] })
        const rolled = g.layer('roll').concat([rows('last', 3, 4), rows('first', 0, 3)], 2)
        return pooled(g, g.layer('relu2').relu(rolled))
      },
      'relu2',
      [6, 4, 4],
    ],
    [
      'a convolution behind a pixel shuffle',
      (g, x) => {
        const cut = g.layer('cut').reshape(g.layer('wide').concat([x, x], 1), ['n', 3, 2, 2, 4, 4])
        const dealt = g.layer('dealt').transpose(cut, [0, 1, 4, 2, 5, 3])
        const large = g.layer('shuffled').reshape(dealt, ['n', 3, 8, 8])
        return pooled(
          g,
          g.layer('relu2').relu(g.layer('conv').conv(large, parameter(g, 'conv', [6, 3, 1, 1]))),
        )
      },
      'relu2',
      [6, 8, 8],
    ],
    ['not a division', (g, x) => pooled(g, g.layer('sixth').div(x, 6)), 'relu', [6, 4, 4]],
    [
      'not a norm behind the pool (ConvNeXt)',
      (g, x) => {
        const pool = g.layer('gap').globalAveragePool(x)
        const last = g.layer('to-last').transpose(pool, [0, 2, 3, 1])
        const centred = g.layer('norm').sub(last, g.ops.reduceMean(last, { axes: [3] }))
        return g.layer('flatten').flatten(g.layer('to-first').transpose(centred, [0, 3, 1, 2]))
      },
      'relu',
      [6, 4, 4],
    ],
    [
      'the channels-first twin of a transpose (tf2onnx)',
      (g, x) => g.layer('flatten').flatten(g.layer('to-last').transpose(x, [0, 2, 3, 1])),
      'relu',
      [6, 4, 4],
    ],
    [
      'a norm that keeps channels last (Swin)',
      (g, x) => {
        const last = g.layer('to-last').transpose(x, [0, 2, 3, 1])
        const norm = g.layer('norm').mul(last, parameter(g, 'gamma', [6]))
        return g.layer('mean').reduceMean(norm, { axes: [1, 2], keepdims: false })
      },
      'norm',
      [6, 4, 4],
    ],
    [
      'rows behind columns',
      (g, x) => {
        const turned = g.layer('turn').transpose(x, [0, 3, 2, 1])
        return g.layer('mean').reduceMean(g.layer('act').relu(turned), { axes: [1, 2], keepdims: false })
      },
      'act',
      [6, 4, 4],
    ],
    ['mean of tokens', (g, x) => meanOfTokens(g, dense(g, 'mlp', tokens(g, x), 7)), 'mlp', [7, 4, 4]],
    [
      'never the scores of attention',
      (g, x) => meanOfTokens(g, attention(g, tokens(g, x))),
      'attended',
      [6, 4, 4],
    ],
    [
      'tokens that a mixer has mixed (the residual says which are which)',
      (g, x) => {
        const own = tokens(g, x)
        const turned = g.layer('turn').transpose(own, [0, 2, 1])
        const mixed = g.layer('back').transpose(dense(g, 'mix', turned, 16), [0, 2, 1])
        return meanOfTokens(g, g.layer('sum').add(own, mixed))
      },
      'sum',
      [6, 4, 4],
    ],
    [
      'patches merged by slices, then features of one coarser place',
      (g, x) => {
        const last = g.layer('to-last').transpose(x, [0, 2, 3, 1])
        const quarter = (at: readonly [number, number]) =>
          g
            .layer(`quarter${at.join('')}`)
            .slice(last, { axes: [1, 2], starts: at, ends: [4, 4], steps: [2, 2] })
        const four = g.layer('four').concat(
          (
            [
              [0, 0],
              [1, 0],
              [0, 1],
              [1, 1],
            ] as const
          ).map(quarter),
          3,
        )
        return g.layer('mean').reduceMean(dense(g, 'reduce', four, 9), { axes: [1, 2], keepdims: false })
      },
      'reduce',
      [9, 2, 2],
    ],
    [
      'what puts windows together again',
      (g, x) => {
        // [n, 6, 4, 4] → [n·4 windows, 4 places, 6] → … → [n, 6, 4, 4]
        const cut = g.layer('cut').reshape(x, ['n', 6, 2, 2, 2, 2])
        const windows = g
          .layer('windows')
          .reshape(g.layer('sort').transpose(cut, [0, 2, 4, 3, 5, 1]), ['4*n', 4, 6])
        const inside = g.layer('inside').add(windows, attention(g, windows))
        const sorted = g.layer('split').reshape(inside, ['n', 2, 2, 2, 2, 6])
        const back = g.layer('unsort').transpose(sorted, [0, 5, 1, 3, 2, 4])
        return pooled(g, g.layer('together').reshape(back, ['n', 6, 4, 4]))
      },
      'together',
      [6, 4, 4],
    ],
  ])('is %s', (_, body, name, maps) => {
    const { layer, reason } = modelOf(body).target
    expect(layer?.name).toBe(name)
    expect(layer?.maps?.shape).toEqual(['n', ...maps])
    expect(reason).toContain("the last feature maps that all the logits' evidence passes")
  })

  const joined = (count: number) => (g: Graph, x: Value) => {
    const own = tokens(g, x)
    const first = g.layer('one').slice(own, { axes: [1], starts: [0], ends: [count] })
    return g.layer('join').concat([g.layer('token').mul(first, 0), own], 1)
  }
  const firstOf = (g: Graph, x: Value) =>
    g.layer('flatten').flatten(g.layer('read').slice(attention(g, x), { axes: [1], starts: [0], ends: [1] }))

  it('is what a class token reads by an attention that is not recognised (CoaT), not the norm behind it', () => {
    const { layer, reason } = modelOf((g, x) => {
      const own = tokens(g, x)
      const first = g.layer('class').reduceMean(own, { axes: [1] })
      const all = g.layer('all').concat([first, own], 1)
      const keys = g.layer('keys').transpose(g.layer('weigh').softmax(all, 1), [0, 2, 1])
      const mixed = g.layer('mixed').matMul(all, g.layer('context').matMul(keys, all))
      const behind = dense(g, 'behind', g.layer('sum').add(all, mixed), 7)
      const read = g.layer('read').slice(behind, { axes: [1], starts: [0], ends: [1], steps: [1] })
      return g.layer('row').reshape(read, ['n', 7])
    }).target
    expect(layer?.name).toBe('all')
    expect(layer?.maps?.shape).toEqual(['n', 6, 4, 4])
    expect(reason).toMatch(/whose places the logits read; behind 'behind' they read tokens that are no place/)
  })

  it.each([1, 3])('is what the last attention reads where %i tokens join the places', (count) => {
    const { target, layers, tokens: own } = modelOf((g, x) => firstOf(g, joined(count)(g, x)))
    expect(target.layer?.name).toBe('join')
    expect(target.layer?.maps?.shape).toEqual(['n', 6, 4, 4])
    expect(target.reason).toBe(
      'the tokens that the last attention reads; behind it the logits read tokens that are no place of the image, so that places have no gradient',
    )
    expect(own?.grid).toEqual({ height: 4, width: 4 })
    expect(own?.prefix).toBe(count)
    expect(layers.find(({ name }) => name === 'relu')?.maps?.prefix).toBe(0)
  })

  it('is the last tokens where all of them are averaged, the class token among them', () => {
    const { target } = modelOf((g, x) => meanOfTokens(g, attention(g, joined(1)(g, x))))
    expect(target.layer?.name).toBe('attended')
    expect(target.layer?.maps?.shape).toEqual(['n', 6, 4, 4])
  })

  it('is not there where tokens form no grid', () => {
    const { target, tokens: none } = modelOf((g, x) => {
      const shuffled = g.layer('shuffle').gather(tokens(g, x), 1, [3, 1, 2, 0])
      return firstOf(g, g.layer('double').add(shuffled, shuffled))
    })
    expect(target.layer).toBeUndefined()
    expect(target.reason).toMatch(/^'attended' \[n, 4, 6\], which the logits read, is no image/)
    expect(none).toBeUndefined()
  })

  it('is not there in a network without feature maps', () => {
    const graph = createGraph()
    const image = graph.ops.input('image', ['n', 1, 2, 2])
    const logits = graph
      .layer('dense')
      .gemm(graph.layer('flatten').flatten(image), parameter(graph, 'w', [4, 2]))
    const { target } = createModel({ name: 'dense', graph, image, logits, head: 'none' })
    expect(target).toEqual({ reason: expect.stringContaining('rows and columns') as string })
  })
})

describe("a layer's feature maps", () => {
  const mapsOf = (name: string, body: Body) => modelOf(body).layer(name).maps?.shape

  it('are not there for scores, flat features, and what has one position', () => {
    const attended: Body = (g, x) => meanOfTokens(g, attention(g, tokens(g, x)))
    expect(mapsOf('scores', attended)).toBeUndefined()
    expect(mapsOf('attention', attended)).toBeUndefined()
    expect(mapsOf('flatten', pooled)).toBeUndefined()
    expect(mapsOf('gap', pooled)).toBeUndefined()
    expect(mapsOf('mean', attended)).toBeUndefined()
  })

  it('are the same value where channels come first already, so that nothing is added to the graph', () => {
    const { maps, output } = modelOf(pooled).layer('relu')
    expect(maps?.of(output)).toBe(output)
  })
})
