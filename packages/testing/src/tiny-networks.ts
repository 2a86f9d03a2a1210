import { createGraph, createModel, type Graph, type Model, type Value, type Weights } from '@saliency/core'
import { layersOf, type Layers } from './tiny-layers.ts'
import { seededWeights } from './seeded-weights.ts'
import { visionTransformer } from './vision-transformer.ts'

/** A network small enough to check by hand, with its weights. */
export interface TinyNetwork {
  readonly name: string
  readonly model: Model
  readonly weights: Weights
  /** Whether it has a feature map `[n, c, h, w]` that a class activation map could use. */
  readonly spatial: boolean
}

/** What the networks take: two images' worth of channels, five classes. */
const channels = 3
const size = 8
const classes = 5

type Body = (layers: Layers, image: Value, graph: Graph) => Value

/** The logits of a head: global average pooling and one dense layer. */
const pooledHead = ({ dense, globalAverage, flatten }: Layers, x: Value): Value =>
  dense('logits', flatten('flatten', globalAverage('pool', x)), classes)

const bodies: Readonly<Record<string, Body>> = {
  dot: ({ dense, flatten }, image) => dense('logits', flatten('flatten', image), classes),
  'one-relu': ({ conv, relu, dense, flatten }, image) =>
    dense('logits', flatten('flatten', relu('relu', conv('conv', image, 4))), classes),
  skip(layers, image) {
    const { conv, relu, add } = layers
    const first = relu('relu1', conv('conv1', image, 4))
    const second = conv('conv3', relu('relu2', conv('conv2', first, 4)), 4)
    return pooledHead(layers, relu('relu3', add('sum', first, second)))
  },
  'conv-pool'({ conv, relu, maxPool, dense, flatten }, image) {
    const pooled = maxPool('pool1', relu('relu1', conv('conv1', image, 4)))
    const last = relu('relu2', conv('conv2', pooled, 6))
    return dense('logits', flatten('flatten', last), classes)
  },
  'batch-norm'(layers, image) {
    const { conv, relu, batchNorm } = layers
    const first = relu('relu1', batchNorm('norm1', conv('conv1', image, 4, { bias: false })))
    return pooledHead(layers, relu('relu2', batchNorm('norm2', conv('conv2', first, 6, { bias: false }))))
  },
  'shared-activation'(layers, image) {
    const { conv, relu } = layers
    const first = relu('activation', conv('conv1', image, 4))
    return pooledHead(layers, relu('activation', conv('conv2', first, 4)))
  },
  depthwise(layers, image) {
    const { conv, relu6 } = layers
    const first = relu6('relu1', conv('conv1', image, 6))
    // Padding below and to the right alone: SAME at stride 2.
    const settings = { group: 6, strides: [2, 2], pads: [0, 0, 1, 1] } as const
    const second = relu6('relu2', conv('depthwise', first, 6, settings))
    return pooledHead(layers, relu6('relu3', conv('pointwise', second, 8, { kernel: 1 })))
  },
  concat(layers, image) {
    const { conv, relu, concat, averagePool } = layers
    const left = relu('relu1', conv('conv1', image, 3))
    const right = relu('relu2', conv('conv2', image, 4, { kernel: 1 }))
    return pooledHead(
      layers,
      relu('relu3', conv('conv3', averagePool('pool1', concat('join', left, right)), 5)),
    )
  },
  'dense-only'({ dense, relu, flatten }, image) {
    const first = relu('relu1', dense('dense1', flatten('flatten', image), 12))
    return dense('logits', relu('relu2', dense('dense2', first, 8)), classes)
  },
}

const transformers: Readonly<Record<string, Body>> = {
  transformer: (_, image, graph) => visionTransformer(graph, image),
  'transformer-registers': (_, image, graph) =>
    visionTransformer(graph, image, { prefix: 3, heads: 3, activation: 'swish' }),
  'transformer-mean': (_, image, graph) =>
    visionTransformer(graph, image, { prefix: 0, read: 'mean', activation: 'relu' }),
}

/** The names of the networks, in the order in which suites try them. */
export const tinyNetworkNames: readonly string[] = Object.keys(bodies)

/** The names of the transformers, which suites try where a method is for them: with a class token, with registers, averaged. */
export const tinyTransformerNames: readonly string[] = Object.keys(transformers)

/** Builds a model from its layers: images are `[n, 3, 8, 8]`. */
export function buildTiny(name: string, body: Body): Model {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', channels, size, size])
  const logits = body(layersOf(graph), image, graph)
  return createModel({ name, graph, image, logits, head: 'none' })
}

/**
 * One tiny network on images `[n, 3, 8, 8]` with five classes; another `seed` draws other weights. Without `biases`,
 * every bias and batch norm's shift are zero, so that relevance has nowhere to go but the image.
 * @throws Error listing {@link tinyNetworkNames} and {@link tinyTransformerNames} for another name.
 */
export function tinyNetwork(
  name: string,
  { seed = 1, biases = true }: { readonly seed?: number; readonly biases?: boolean } = {},
): TinyNetwork {
  const all = { ...bodies, ...transformers }
  const body = all[name]
  if (!body) throw new Error(`There is no tiny network '${name}'; there are ${Object.keys(all).join(', ')}.`)
  const model = buildTiny(name, body)
  return {
    name,
    model,
    weights: seededWeights(model, { seed, biases }),
    spatial: model.target.layer !== undefined,
  }
}

/** A network, or a transformer, whose head takes the sign of its features: no signal can pass it. */
export function impassableNetwork(kind: 'network' | 'transformer' = 'network'): TinyNetwork {
  const model = buildTiny('impassable', (layers, image, graph) => {
    const { conv, relu, dense, flatten, globalAverage } = layers
    const features =
      kind === 'transformer'
        ? visionTransformer(graph, image)
        : flatten('flatten', globalAverage('pool', relu('relu', conv('conv', image, 4))))
    return dense('logits', graph.layer('step').sign(features), classes)
  })
  return {
    name: 'impassable',
    model,
    weights: seededWeights(model, { seed: 1, biases: true }),
    spatial: true,
  }
}
