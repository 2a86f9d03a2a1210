import * as tf from '@tensorflow/tfjs'
import { strToU8, zipSync } from 'fflate'
import h5wasm, { type Group } from 'h5wasm'

/** A layer's configuration as TensorFlow.js writes it in Keras 2's dialect. */
interface LayerConfig {
  class_name: string
  name?: string
  config: Record<string, unknown>
  inbound_nodes?: [string, number, number, object][][]
}

interface ModelConfig {
  class_name: string
  config: { name: string; layers: LayerConfig[]; input_layers?: unknown; output_layers?: unknown }
}

/** The model's configuration in Keras 2's dialect. */
export function kerasConfig(model: tf.LayersModel): ModelConfig {
  return structuredClone(model.toJSON(null, false)) as unknown as ModelConfig
}

/** A layer's weights in Keras' own order, named as Keras names them. */
function weightsOf(layer: tf.layers.Layer): { name: string; shape: number[]; data: Float32Array }[] {
  const values = layer.getWeights()
  return layer.weights.map((variable, index) => ({
    name: variable.originalName.split('/').at(-1) ?? '',
    shape: variable.shape as number[],
    data: values[index]?.dataSync() as Float32Array,
  }))
}

let count = 0

/** Writes an HDF5 file with h5wasm and returns its bytes. */
export async function writeHdf5(fill: (root: Group) => unknown): Promise<Uint8Array> {
  const { FS } = await h5wasm.ready
  const name = `test-${count++}.h5`
  const file = new h5wasm.File(name, 'w')
  fill(file)
  file.close()
  const bytes = FS.readFile(name)
  FS.unlink(name)
  return bytes
}

/** A Keras 2 `.h5` file: `model_config` and `model_weights/<layer>/<layer>/<weight>:0`. */
export function writeKerasHdf5(
  model: tf.LayersModel,
  config: object | undefined = kerasConfig(model),
  version = '2.15.0',
  rename = (weight: string, _layer: string): string => weight,
): Promise<Uint8Array> {
  return writeHdf5((root) => {
    if (config) root.create_attribute('model_config', JSON.stringify(config))
    root.create_attribute('keras_version', version)
    const group = root.create_group('model_weights')
    for (const layer of model.layers) {
      const outer = group.create_group(layer.name)
      const inner = outer.create_group(layer.name)
      for (const { name, shape, data } of weightsOf(layer))
        inner.create_dataset({ name: `${rename(name, layer.name)}:0`, data, shape })
    }
  })
}

const snake = (name: string) =>
  name
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()

/** Keras 3 writes calls as arguments that name the tensor's origin. */
export function toKeras3(config: ModelConfig): ModelConfig {
  const tensor = ([layer, call, output]: [string, number, number, object]) => ({
    class_name: '__keras_tensor__',
    config: { shape: [], dtype: 'float32', keras_history: [layer, call, output] },
  })
  const layers = config.config.layers.map((layer) => ({
    ...layer,
    inbound_nodes: (layer.inbound_nodes ?? []).map((call) => ({
      args: call.length === 1 ? call.map((item) => tensor(item)) : [call.map((item) => tensor(item))],
      kwargs: {},
    })),
  })) as unknown as LayerConfig[]
  const [input] = (config.config.input_layers ?? []) as unknown[]
  const [output] = (config.config.output_layers ?? []) as unknown[]
  return {
    class_name: 'Functional',
    config: { ...config.config, layers, input_layers: input, output_layers: [output] },
  }
}

/** A Keras 3 `.keras` archive: `config.json` and `layers/<class>[_number]/vars/<number>`. */
export async function writeKerasArchive(
  model: tf.LayersModel,
  config: object = toKeras3(kerasConfig(model)),
): Promise<Uint8Array> {
  const weights = await writeHdf5((root) => {
    const layers = root.create_group('layers')
    const counts = new Map<string, number>()
    for (const layer of model.layers) {
      const kind = snake(layer.getClassName())
      const number = counts.get(kind) ?? 0
      counts.set(kind, number + 1)
      const vars = layers.create_group(number === 0 ? kind : `${kind}_${number}`).create_group('vars')
      for (const [index, { shape, data }] of weightsOf(layer).entries()) {
        vars.create_dataset({ name: String(index), data, shape })
      }
    }
  })
  const metadata = JSON.stringify({ keras_version: '3.4.1' })
  return zipSync({
    'metadata.json': strToU8(metadata),
    'config.json': strToU8(JSON.stringify(config)),
    'model.weights.h5': weights,
  })
}
