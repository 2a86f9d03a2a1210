import { describe, expect, it } from 'vitest'
import { createModel } from '../src/create-model.ts'
import { createGraph } from '../src/graph/graph.ts'
import type { Graph, Value } from '../src/graph/value.ts'
import type { Model } from '../src/model.ts'
import { dense, norm, patches, plain, WIDTH } from './attention-network.ts'

/** Two blocks of attention and MLP over `prefix` learned tokens and the image's, read as asked. */
function transformer(prefix: number, readOut: (graph: Graph, tokens: Value) => Value): Model {
  const graph = createGraph()
  const { image, tokens } = patches(graph)
  const own = graph.ops.parameter('own', [1, prefix, WIDTH], 'other')
  const layer = graph.layer('join')
  let x = prefix > 0 ? layer.concat([layer.expand(own, ['n', prefix, WIDTH]), tokens], 1) : tokens
  for (const at of [0, 1]) {
    const name = (part: string) => `blocks.${at}.${part}`
    const normed = norm(graph, name('norm1'), x)
    const [queries, keys, values] = ['q', 'k', 'v'].map((part) =>
      dense(graph, name(`attn.${part}`), normed, WIDTH),
    )
    const attended = plain({ graph, queries: queries!, keys: keys!, values: values!, heads: 3 })
    const middle = graph.layer(name('sum1')).add(x, dense(graph, name('attn.proj'), attended, WIDTH))
    const hidden = graph
      .layer(name('mlp.act'))
      .gelu(dense(graph, name('mlp.fc1'), norm(graph, name('norm2'), middle), 16))
    x = graph.layer(name('sum2')).add(middle, dense(graph, name('mlp.fc2'), hidden, WIDTH))
  }
  const features = readOut(graph, x)
  const logits = graph.layer('head').gemm(features, graph.ops.parameter('head/kernel', [WIDTH, 5], 'kernel'))
  return createModel({ name: 'net', graph, image, logits, head: 'none' })
}

const token =
  (at: number) =>
  (graph: Graph, x: Value): Value =>
    graph
      .layer(`pick${at}`)
      .reshape(graph.layer(`pick${at}`).slice(x, { axes: [1], starts: [at], ends: [at + 1] }), ['n', WIDTH])
const normedToken = (graph: Graph, x: Value) => token(0)(graph, norm(graph, 'norm', x))
const mean = (graph: Graph, x: Value) => graph.layer('mean').reduceMean(x, { axes: [1], keepdims: false })

const named = ({ layers }: Model, is: 'isRead' | 'isScaleBlind', value: boolean) =>
  layers.flatMap(({ name, maps }) => (maps?.[is] === value ? name : []))

describe('what the logits read of places', () => {
  it.each([1, 2, 5])('behind %i tokens of which one is read: what the last attention reads', (prefix) => {
    const { target, tokens } = transformer(prefix, normedToken)
    expect(target.layer?.name).toBe('blocks.1.norm1')
    expect(target.layer?.maps?.shape).toEqual(['n', WIDTH, 4, 2])
    expect(tokens?.prefix).toBe(prefix)
    expect(tokens?.grid).toEqual({ height: 4, width: 2 })
  })

  it('is nothing behind the last attention, where a class token is read', () => {
    const unread = named(transformer(1, normedToken), 'isRead', false)
    expect(unread).toEqual(
      expect.arrayContaining(['blocks.1.sum1', 'blocks.1.norm2', 'blocks.1.sum2', 'norm']),
    )
    expect(unread.every((name) => !name.startsWith('blocks.0.') && name !== 'blocks.1.norm1')).toBe(true)
  })

  it('is nothing there where two tokens are read (distillation)', () => {
    const { target } = transformer(2, (graph, x) => {
      const normed = norm(graph, 'norm', x)
      return graph.layer('both').add(token(0)(graph, normed), token(1)(graph, normed))
    })
    expect(target.layer?.name).toBe('blocks.1.norm1')
  })

  it.each([0, 1])('is everything where all tokens are averaged behind a norm (%i in front)', (prefix) => {
    const model = transformer(prefix, (graph, x) => mean(graph, norm(graph, 'norm', x)))
    expect(named(model, 'isRead', false)).toEqual([])
    expect(model.target.layer?.name).toBe('norm')
  })

  it('is not the residual stream where a norm reads its mean: gradient times activation sums to zero there', () => {
    const { target } = transformer(0, (graph, x) => norm(graph, 'norm', mean(graph, x)))
    expect(target.layer?.name).toBe('blocks.1.norm1')
    expect(target.reason).toContain("a norm reads the mean of 'blocks.1.sum2'")
  })

  it('is what the attention behind the blocks reads, where learned queries pool (SigLIP)', () => {
    const { target, attentions } = transformer(0, (graph, x) => {
      const normed = norm(graph, 'norm', x)
      const queries = graph.ops.parameter('probe', [1, 1, WIDTH], 'other')
      const [keys, values] = ['pool.k', 'pool.v'].map((name) => dense(graph, name, normed, WIDTH))
      const pooled = plain({ graph, queries, keys: keys!, values: values!, heads: 3 })
      return graph.layer('squeeze').reshape(pooled, ['n', WIDTH])
    })
    expect(target.layer?.name).toBe('norm')
    expect(attentions.at(-1)?.scores.shape).toEqual(['n', 3, 1, 8])
    expect(attentions.at(-1)?.queries.shape).toEqual([1, 3, 1, 4])
  })
})

describe('where a norm alone reads places', () => {
  it('is the stream that enters the last block under a class token', () => {
    expect(named(transformer(1, normedToken), 'isScaleBlind', true)).toEqual(['blocks.0.sum2'])
  })

  it('is the last stream in front of a norm of every token', () => {
    const model = transformer(0, (graph, x) => mean(graph, norm(graph, 'norm', x)))
    expect(named(model, 'isScaleBlind', true)).toEqual(['blocks.1.sum2'])
  })
})
