import {
  createGraph,
  createModel,
  createRandom,
  defineMethod,
  type Engine,
  type FloatTensor,
  type LoadedModel,
  tensor,
} from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'

/** Standard normal values of a stream of their own. */
export function drawn(name: string, shape: readonly number[]): FloatTensor {
  const random = createRandom('explain test', name)
  const size = shape.reduce((product, dim) => product * dim, 1)
  return tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  )
}

/** One convolution, a ReLU and a dense layer: images `[n, 2, 4, 4]`, three classes. */
export function network(): LoadedModel {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', 2, 4, 4])
  const conv = graph.layer('conv')
  const kernel = conv.parameter('conv/kernel', [3, 2, 3, 3], 'kernel')
  const features = conv.relu(conv.conv(image, kernel, undefined, { pads: [1, 1, 1, 1] }))
  const dense = graph.layer('dense')
  const logits = dense.matMul(dense.flatten(features), dense.parameter('dense/kernel', [48, 3], 'kernel'))
  const model = createModel({ name: 'small', graph, image, logits, head: 'none' })
  const weights = new Map([
    ['conv/kernel', drawn('conv', [3, 2, 3, 3])],
    ['dense/kernel', drawn('dense', [48, 3])],
  ])
  return { model, weights }
}

const declaration = { contract: 1, references: [], options: {}, traits: { resolution: 'input' } } as const
const plain = { plain: { description: 'as it is', handling: 'signed', options: {} } } as const

/** The gradient of the explained logit. */
export const gradient = defineMethod({
  ...declaration,
  id: 'gradient',
  title: 'Gradient',
  variants: plain,
  kind: 'graph',
  explain: ({ backward, model }) => backward().at(model.image),
})

/** A map of noise alone. */
export const noise = defineMethod({
  ...declaration,
  id: 'noise',
  title: 'Noise',
  variants: plain,
  kind: 'graph',
  explain: (context) => context.noise(),
})

let opened: Promise<Engine> | undefined

/** ONNX Runtime on one thread. */
export function engine(): Promise<Engine> {
  return (opened ??= openOnnxRuntime({ threads: 1 }))
}
