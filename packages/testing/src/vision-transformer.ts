import type { Graph, Value } from '@saliency/core'

/** What a vision transformer is made of; the default is tiny, for images `[n, 3, 8, 8]`. */
export interface TransformerSettings {
  /** How many blocks of attention and MLP; default 4. */
  readonly blocks?: number
  readonly heads?: number
  /** Features of a token; default 6. */
  readonly width?: number
  /** Features inside of the MLP; default 8. */
  readonly hidden?: number
  /** Height and width of a patch in pixels; default 2×4, so that the grid is not square. */
  readonly patch?: readonly [height: number, width: number]
  readonly classes?: number
  /** Tokens in front of the image's: a class token, then registers; default 1. */
  readonly prefix?: number
  /** What the head reads: the first token, or the mean of the image's. */
  readonly read?: 'first' | 'mean'
  readonly activation?: 'gelu' | 'relu' | 'swish'
}

const defaults: Required<TransformerSettings> = {
  blocks: 4,
  heads: 2,
  width: 6,
  hidden: 8,
  patch: [2, 4],
  classes: 5,
  prefix: 1,
  read: 'first',
  activation: 'gelu',
}

/** x · W + b on the last axis. */
function dense(graph: Graph, name: string, x: Value, out: number): Value {
  const layer = graph.layer(name)
  const kernel = graph.ops.parameter(`${name}/kernel`, [Number(x.shape.at(-1)), out], 'kernel')
  return layer.add(layer.matMul(x, kernel), graph.ops.parameter(`${name}/bias`, [out], 'bias'))
}

/** Layer norm over the last axis. */
function norm(graph: Graph, name: string, x: Value): Value {
  const layer = graph.layer(name)
  const axes = [x.shape.length - 1]
  const centred = layer.sub(x, layer.reduceMean(x, { axes }))
  const variance = layer.reduceMean(layer.mul(centred, centred), { axes })
  const normal = layer.div(centred, layer.sqrt(layer.add(variance, 1e-6)))
  const [gamma, beta] = (['gamma', 'beta'] as const).map((role) =>
    graph.ops.parameter(`${name}/${role}`, [Number(x.shape.at(-1))], role),
  ) as [Value, Value]
  return layer.add(layer.mul(normal, gamma), beta)
}

/** softmax(q kᵀ/√d) v, head by head, and the projection behind it. */
function attention(graph: Graph, name: string, x: Value, heads: number): Value {
  const [n = 'n', t = 1, d] = x.shape
  const [width, perHead] = [Number(d), Number(d) / heads]
  const [q, k, v] = (['q', 'k', 'v'] as const).map((part) => {
    const layer = graph.layer(`${name}.${part}.heads`)
    const apart = layer.reshape(dense(graph, `${name}.${part}`, x, width), [n, t, heads, perHead])
    return layer.transpose(apart, [0, 2, 1, 3])
  }) as [Value, Value, Value]
  const scaled = graph.layer(`${name}.scale`).mul(q, 1 / Math.sqrt(perHead))
  const keys = graph.layer(`${name}.keys`).transpose(k, [0, 1, 3, 2])
  const weights = graph.layer(`${name}.softmax`).softmax(graph.layer(`${name}.scores`).matMul(scaled, keys))
  const attended = graph.layer(`${name}.attend`).matMul(weights, v)
  const merge = graph.layer(`${name}.merge`)
  const merged = merge.reshape(merge.transpose(attended, [0, 2, 1, 3]), [n, t, width])
  return dense(graph, `${name}.proj`, merged, width)
}

/** The image `[n, 3, h, w]` as tokens `[n, prefix + places, d]` with their positions. */
function embed(graph: Graph, image: Value, settings: Required<TransformerSettings>): Value {
  const { ops } = graph
  const { prefix, width, patch } = settings
  const [n = 'n', channels, height, breadth] = image.shape
  const kernel = ops.parameter('patches/kernel', [width, Number(channels), ...patch], 'kernel')
  const bias = ops.parameter('patches/bias', [width], 'bias')
  const maps = graph.layer('patches').conv(image, kernel, bias, { strides: patch })
  const places = (Number(height) / patch[0]) * (Number(breadth) / patch[1])
  const rows = graph.layer('places').reshape(maps, [n, width, places])
  const tokens = graph.layer('tokens').transpose(rows, [0, 2, 1])
  const positions = ops.parameter('positions', [1, places + prefix, width])
  if (prefix === 0) return graph.layer('positions').add(tokens, positions)
  const learned = ops.parameter('prefix', [1, prefix, width])
  const repeated = graph.layer('repeat').expand(learned, [n, prefix, width])
  return graph.layer('positions').add(graph.layer('join').concat([repeated, tokens], 1), positions)
}

/** What the head reads of tokens `[n, t, d]`, as `[n, d]`. */
function pooled(graph: Graph, x: Value, { read, prefix }: Required<TransformerSettings>): Value {
  const [n = 'n', t, d = 1] = x.shape
  const chosen = graph.layer('read').slice(x, {
    axes: [1],
    starts: [read === 'first' ? 0 : prefix],
    ends: [read === 'first' ? 1 : Number(t)],
  })
  return read === 'first'
    ? graph.layer('squeeze').reshape(chosen, [n, d])
    : graph.layer('mean').reduceMean(chosen, { axes: [1], keepdims: false })
}

/** A vision transformer with norms in front of its parts (Dosovitskiy et al. 2021, section 3.1): its logits `[n, classes]`. */
export function visionTransformer(graph: Graph, image: Value, given: TransformerSettings = {}): Value {
  const settings = { ...defaults, ...given }
  const { blocks, heads, width, hidden, classes, activation } = settings
  let x = embed(graph, image, settings)
  for (let block = 0; block < blocks; block++) {
    const name = `block${block}`
    const attended = attention(graph, `${name}.attention`, norm(graph, `${name}.norm1`, x), heads)
    const middle = graph.layer(`${name}.sum1`).add(x, attended)
    const inner = dense(graph, `${name}.fc1`, norm(graph, `${name}.norm2`, middle), hidden)
    const outer = dense(graph, `${name}.fc2`, graph.layer(`${name}.act`)[activation](inner), width)
    x = graph.layer(`${name}.sum2`).add(middle, outer)
  }
  const features = pooled(graph, norm(graph, 'norm', x), settings)
  const kernel = graph.ops.parameter('head/kernel', [width, classes], 'kernel')
  return graph.layer('head').gemm(features, kernel, graph.ops.parameter('head/bias', [classes], 'bias'))
}
