import { strToU8, zipSync } from 'fflate'
import { tensor, type FloatTensor } from '@saliency/core'
import { writeHdf5 } from './keras-file.ts'

/** An image `[1, 2, 2, 3]` as Keras sees it, row by row, pixel by pixel. */
export const pixels: readonly number[] = [0.5, -1, 2, -0.25, 3, 1, 1.5, -2, 0.75, -3, 0.1, 4]

/** The same with its channels first. */
export const image: FloatTensor = tensor(
  Float32Array.from({ length: 12 }, (_, at) => pixels[(at % 4) * 3 + Math.floor(at / 4)] as number),
  [1, 3, 2, 2],
)

/** A tensor as Keras 3 writes it. */
export const from = (layer: string, output = 0): object => ({
  class_name: '__keras_tensor__',
  config: { shape: [null], dtype: 'float32', keras_history: [layer, 0, output] },
})

/** An array as Keras 3 writes it. */
export const numbers = (value: unknown): object => ({
  class_name: '__numpy__',
  config: { value, dtype: 'float32' },
})

/** An operation of keras.ops as Keras 3 writes it. */
export function operation(
  className: string,
  args: readonly unknown[],
  config: object = {},
  kwargs: object = {},
  name = 'operation',
): object {
  const module = 'keras.src.ops.numpy'
  const nodes = [{ args, kwargs }]
  const settings = { name, ...config }
  return {
    module,
    class_name: className,
    registered_name: className,
    name,
    config: settings,
    inbound_nodes: nodes,
  }
}

/** One of Keras' layers as Keras 3 writes it. */
export function layer(
  className: string,
  args: readonly unknown[],
  config: object = {},
  kwargs: object = {},
  name = 'layer',
): object {
  const settings = { name, trainable: true, dtype: 'float32', ...config }
  const nodes = [{ args, kwargs }]
  const module = 'keras.layers'
  return {
    module,
    class_name: className,
    registered_name: null,
    name,
    config: settings,
    inbound_nodes: nodes,
  }
}

const input = {
  module: 'keras.layers',
  class_name: 'InputLayer',
  registered_name: null,
  name: 'image',
  config: { name: 'image', batch_shape: [null, 2, 2, 3], dtype: 'float32' },
  inbound_nodes: [],
}

/** A model from `image` to what `scores` makes. */
function functional(
  layers: readonly object[],
  scores: readonly unknown[],
  nodes: readonly unknown[],
): object {
  const flat = {
    ...layer('Flatten', []),
    name: 'flat',
    config: { name: 'flat', trainable: true, dtype: 'float32' },
  }
  return {
    module: 'keras',
    class_name: 'Functional',
    registered_name: 'Functional',
    config: {
      name: 'model',
      layers: [input, ...layers, { ...flat, inbound_nodes: nodes }],
      input_layers: [['image', 0, 0]],
      output_layers: scores,
    },
  }
}

/** A `.keras` archive in which the last of some layers is flattened into the scores. */
export async function archive3(
  layers: readonly { name?: string }[],
  last = layers.at(-1)?.name ?? '',
): Promise<Uint8Array> {
  const config = functional(layers, [['flat', 0, 0]], [{ args: [from(last)], kwargs: {} }])
  return archiveOf(config, '3.15.1')
}

/** The same as Keras 2 writes it: `nodes` of the one function `name`. */
export async function archive2(name: string, nodes: readonly unknown[]): Promise<Uint8Array> {
  const lambda = {
    module: 'tf_keras.src.layers.core.tf_op_layer',
    class_name: 'TFOpLambda',
    registered_name: 'TFOpLambda',
    name: 'operation',
    config: { name: 'operation', trainable: true, dtype: 'float32', function: name },
    inbound_nodes: nodes,
  }
  const config = functional([lambda], [['flat', 0, 0]], [[['operation', 0, 0, {}]]])
  return archiveOf(config, '2.21.0')
}

async function archiveOf(config: object, version: string): Promise<Uint8Array> {
  return zipSync({
    'metadata.json': strToU8(JSON.stringify({ keras_version: version })),
    'config.json': strToU8(JSON.stringify(config)),
    'model.weights.h5': await writeHdf5((root) => root.create_group('layers')),
  })
}
