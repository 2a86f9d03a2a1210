import { createGraph, createModel, type Graph, type Model, type Value } from '@saliency/core'

/** What a tiny transformer looks like. */
export interface TinyTransformer {
  /** Learned tokens in front of the image's: class token, registers; default 1. */
  readonly prefix?: number
  /** What the logits read behind the last norm: the first token, or the mean of all; default the first token. */
  readonly readOut?: 'first' | 'mean'
  /** Whether the tokens of the image stand in rows and columns; else they are dealt anew, as a text's would be. */
  readonly hasGrid?: boolean
}

const width = 12
const heads = 3
const classes = 5

/** A graph whose layers are named as timm names a vision transformer's. */
function builders(graph: Graph) {
  const parameter = graph.ops.parameter
  const dense = (name: string, x: Value, out: number) => {
    const layer = graph.layer(name)
    const kernel = parameter(`${name}/kernel`, [Number(x.shape.at(-1)), out], 'kernel')
    return layer.add(layer.matMul(x, kernel), parameter(`${name}/bias`, [out], 'bias'))
  }
  const norm = (name: string, x: Value) => {
    const layer = graph.layer(name)
    const centred = layer.sub(x, layer.reduceMean(x, { axes: [2] }))
    const variance = layer.reduceMean(layer.mul(centred, centred), { axes: [2] })
    const normal = layer.div(centred, layer.sqrt(layer.add(variance, 1e-6)))
    const scaled = layer.mul(normal, parameter(`${name}/gamma`, [width], 'gamma'))
    return layer.add(scaled, parameter(`${name}/beta`, [width], 'beta'))
  }
  const attention = (name: string, x: Value, tokens: number) => {
    const layer = (part: string) => graph.layer(`${name}.${part}`)
    const split = (part: string) => {
      const apart = layer(part).reshape(dense(`${name}.${part}`, x, width), [
        'n',
        tokens,
        heads,
        width / heads,
      ])
      return layer(`${part}_heads`).transpose(apart, [0, 2, 1, 3])
    }
    const [q, k, v] = [split('q'), split('k'), split('v')]
    const scores = layer('product').matMul(q, layer('turn').transpose(k, [0, 1, 3, 2]))
    const weights = layer('softmax').softmax(layer('scale').mul(scores, Math.sqrt(heads / width)))
    const joined = layer('back').transpose(layer('weighted').matMul(weights, v), [0, 2, 1, 3])
    return dense(`${name}.proj`, layer('join').reshape(joined, ['n', tokens, width]), width)
  }
  return { parameter, dense, norm, attention }
}

/** Images `[n, 3, 8, 4]` as a grid of 4 × 2 tokens, two blocks of attention and MLP around norms, five classes. */
export function tinyTransformer({
  prefix = 1,
  readOut = 'first',
  hasGrid = true,
}: TinyTransformer = {}): Model {
  const graph = createGraph()
  const { parameter, dense, norm, attention } = builders(graph)
  const image = graph.ops.input('image', ['n', 3, 8, 4])
  const kernel = parameter('patches/kernel', [width, 3, 2, 2], 'kernel')
  const maps = graph.layer('patches').conv(image, kernel, undefined, { strides: [2, 2] })
  const places = graph
    .layer('tokens')
    .transpose(graph.layer('flat').reshape(maps, ['n', width, 8]), [0, 2, 1])
  const own = hasGrid ? places : graph.layer('deal').gather(places, 1, [5, 2, 7, 0, 3, 6, 1, 4])
  const learned = graph.ops.expand(parameter('own', [1, prefix, width], 'other'), ['n', prefix, width])
  let x = prefix > 0 ? graph.layer('prefix').concat([learned, own], 1) : own
  for (const at of [0, 1]) {
    const name = (part: string) => `blocks.${at}.${part}`
    const attended = attention(name('attn'), norm(name('norm1'), x), prefix + 8)
    const middle = graph.layer(name('add1')).add(x, attended)
    const hidden = graph.layer(name('mlp.act')).gelu(dense(name('mlp.fc1'), norm(name('norm2'), middle), 16))
    x = graph.layer(name('add2')).add(middle, dense(name('mlp.fc2'), hidden, width))
  }
  const last = norm('norm', x)
  const read =
    readOut === 'mean'
      ? graph.layer('mean').reduceMean(last, { axes: [1] })
      : graph.layer('first').slice(last, { axes: [1], starts: [0], ends: [1] })
  const logits = dense('head', graph.layer('features').reshape(read, ['n', width]), classes)
  return createModel({ name: 'tiny transformer', graph, image, logits, head: 'none' })
}
