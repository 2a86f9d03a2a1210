import { createGraph } from '../src/graph/graph.ts'
import type { Graph, Value } from '../src/graph/value.ts'
import { createModel } from '../src/create-model.ts'
import type { Model } from '../src/model.ts'

/** The projections of one attention, `[n, t, d]` each, and where its layers are named. */
export interface Projections {
  readonly graph: Graph
  readonly queries: Value
  readonly keys: Value
  readonly values: Value
  readonly heads: number
}

/** What a test makes of the projections: `[n, t, d]`. */
export type Attend = (projections: Projections) => Value

export const WIDTH = 12

export function dense(graph: Graph, name: string, x: Value, out: number): Value {
  const kernel = graph.ops.parameter(`${name}/kernel`, [Number(x.shape.at(-1)), out], 'kernel')
  const bias = graph.ops.parameter(`${name}/bias`, [out], 'bias')
  const layer = graph.layer(name)
  return layer.add(layer.matMul(x, kernel), bias)
}

export function norm(graph: Graph, name: string, x: Value): Value {
  const layer = graph.layer(name)
  const axes = [x.shape.length - 1]
  const centred = layer.sub(x, layer.reduceMean(x, { axes }))
  const variance = layer.reduceMean(layer.mul(centred, centred), { axes })
  const normal = layer.div(centred, layer.sqrt(layer.add(variance, 1e-6)))
  const gamma = graph.ops.parameter(`${name}/gamma`, [WIDTH], 'gamma')
  return layer.add(layer.mul(normal, gamma), graph.ops.parameter(`${name}/beta`, [WIDTH], 'beta'))
}

/** `[n, t, d]` → `[n, heads, t, d / heads]` */
export function split(graph: Graph, name: string, x: Value, heads: number): Value {
  const [n = 'n', t = 1] = x.shape
  const layer = graph.layer(name)
  return layer.transpose(layer.reshape(x, [n, t, heads, WIDTH / heads]), [0, 2, 1, 3])
}

/** `[n, heads, t, d / heads]` → `[n, t, d]` */
export function merge(graph: Graph, name: string, x: Value): Value {
  const [n = 'n', , t = 1] = x.shape
  const layer = graph.layer(name)
  return layer.reshape(layer.transpose(x, [0, 2, 1, 3]), [n, t, WIDTH])
}

/** Attention as papers print it: softmax(q kᵀ / √d) v. */
export const plain: Attend = ({ graph, heads, ...of }) => {
  const [q, k, v] = [of.queries, of.keys, of.values].map((x, at) => split(graph, `heads${at}`, x, heads))
  const products = graph.layer('scores').matMul(q!, graph.layer('turn').transpose(k!, [0, 1, 3, 2]))
  const scaled = graph.layer('scale').mul(products, Math.sqrt(heads / WIDTH))
  const weights = graph.layer('softmax').softmax(scaled)
  return merge(graph, 'merge', graph.layer('weighted').matMul(weights, v!))
}

/** An image `[n, 3, 8, 4]` as eight tokens of 2×2 pixels, `[n, 8, d]`. */
export function patches(graph: Graph): { readonly image: Value; readonly tokens: Value } {
  const image = graph.ops.input('image', ['n', 3, 8, 4])
  const kernel = graph.ops.parameter('patches/kernel', [WIDTH, 3, 2, 2], 'kernel')
  const maps = graph.layer('patches').conv(image, kernel, undefined, { strides: [2, 2] })
  const rows = graph.layer('places').reshape(maps, ['n', WIDTH, 8])
  return { image, tokens: graph.layer('tokens').transpose(rows, [0, 2, 1]) }
}

/** Image, tokens, one block of attention and MLP around norms, mean, five classes. */
export function attentionNetwork(attend: Attend, heads = 3): Model {
  const graph = createGraph()
  const { image, tokens } = patches(graph)
  const normed = norm(graph, 'norm1', tokens)
  const [queries, keys, values] = ['q', 'k', 'v'].map((name) => dense(graph, name, normed, WIDTH))
  const attended = attend({ graph, queries: queries!, keys: keys!, values: values!, heads })
  const middle = graph.layer('sum1').add(tokens, dense(graph, 'proj', attended, WIDTH))
  const hidden = graph.layer('act').gelu(dense(graph, 'fc1', norm(graph, 'norm2', middle), 16))
  const end = graph.layer('sum2').add(middle, dense(graph, 'fc2', hidden, WIDTH))
  const mean = graph.layer('mean').reduceMean(norm(graph, 'norm', end), { axes: [1], keepdims: false })
  const logits = graph.layer('head').gemm(mean, graph.ops.parameter('head/kernel', [WIDTH, 5], 'kernel'))
  return createModel({ name: 'net', graph, image, logits, head: 'none' })
}
