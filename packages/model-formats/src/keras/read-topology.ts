import { shortJson } from '@saliency/core'
import { invalid } from '../problems.ts'
import { isObject, readConfig, type JsonObject } from './config-reader.ts'
import type { TensorReference } from './argument.ts'
import { identify } from './identity.ts'
import { readCalls, readReferences } from './read-call.ts'
import { renumberCalls } from './renumber-calls.ts'
import type { KerasLayer, KerasTopology } from './topology.ts'

const models = new Set(['Functional', 'Model', 'Sequential'])

/**
 * Reads a model's configuration in the dialects of Keras 2, Keras 3 and TensorFlow.js.
 * @throws INVALID_MODEL where it is not one.
 */
export function readTopology(root: unknown, path: readonly string[] = []): KerasTopology {
  if (!isObject(root) || typeof root['class_name'] !== 'string') {
    throw invalid(
      'The model has no configuration with a class_name: is this a Keras or TensorFlow.js layers model?',
    )
  }
  const kind = root['class_name']
  if (!models.has(kind)) {
    throw invalid(
      `The model is a ${shortJson(kind).replaceAll('"', "'")}. Only functional and sequential models keep their layers in the file.`,
    )
  }
  return kind === 'Sequential' ? readSequential(root, path) : renumberCalls(readFunctional(root, path))
}

function configOf(root: JsonObject): JsonObject {
  const { config } = root
  // Early sequential models hold the list of layers itself.
  if (Array.isArray(config)) return { layers: config }
  if (!isObject(config))
    throw invalid(`The model ${shortJson(root['name'] ?? root['class_name'])} has no config.`)
  return config
}

function layerEntries(config: JsonObject): readonly JsonObject[] {
  const { layers } = config
  if (!Array.isArray(layers) || !layers.every(isObject)) throw invalid('The model has no list of layers.')
  return layers
}

function nameOf(entry: JsonObject): string {
  const config = isObject(entry['config']) ? entry['config'] : {}
  const name = entry['name'] ?? config['name']
  if (typeof name !== 'string' || name === '')
    throw invalid(`A layer of the kind ${shortJson(entry['class_name'])} has no name.`)
  return name
}

function readLayer(entry: JsonObject, path: readonly string[], calls: KerasLayer['calls']): KerasLayer {
  const name = nameOf(entry)
  const className = entry['class_name']
  if (typeof className !== 'string') throw invalid(`Layer '${name}' has no class_name.`)
  const own = [...path, name]
  const config = readConfig(isObject(entry['config']) ? entry['config'] : {}, name)
  return {
    name,
    className,
    identity: identify(entry),
    path: own,
    config,
    calls,
    ...(models.has(className) && identify(entry).origin === 'layer' && { model: readTopology(entry, own) }),
  }
}

function readSequential(root: JsonObject, path: readonly string[]): KerasTopology {
  const config = configOf(root)
  const name = typeof config['name'] === 'string' ? config['name'] : 'sequential'
  const entries = layerEntries(config)
  const layers: KerasLayer[] = []
  const [first] = entries
  if (!first) throw invalid(`The model '${name}' has no layers.`)
  let previous: TensorReference | undefined
  if (first['class_name'] !== 'InputLayer') {
    const batchShape = inputShape(first)
    const input = {
      class_name: 'InputLayer',
      config: { name: `${name}/input`, batch_input_shape: batchShape },
    }
    layers.push(readLayer(input, path, readCalls([])))
    previous = { layer: `${name}/input`, call: 0, output: 0 }
  }
  for (const entry of entries) {
    const layer = readLayer(entry, path, [{ positional: previous ? [{ tensor: previous }] : [], named: {} }])
    layers.push(layer)
    previous = { layer: layer.name, call: 0, output: 0 }
  }
  const input = layers[0] as KerasLayer
  return {
    name,
    layers,
    inputs: [{ layer: input.name, call: 0, output: 0 }],
    outputs: previous ? [previous] : [],
  }
}

/** The shape a sequential model's first layer declares; of a nested model, what its own first layer declares. */
function inputShape(entry: JsonObject): unknown {
  const config = isObject(entry['config']) ? entry['config'] : {}
  const own = config['batch_input_shape'] ?? config['batch_shape']
  if (own !== undefined || !Array.isArray(config['layers'])) return own
  const [first] = config['layers'] as unknown[]
  return isObject(first) ? inputShape(first) : undefined
}

function readFunctional(root: JsonObject, path: readonly string[]): KerasTopology {
  const config = configOf(root)
  const name = typeof config['name'] === 'string' ? config['name'] : 'model'
  const layers = layerEntries(config).map((entry) =>
    readLayer(entry, path, readCalls(entry['inbound_nodes'])),
  )
  const references = (key: string) => needReferences(config[key], `'${key}' of the model '${name}'`)
  return { name, layers, inputs: references('input_layers'), outputs: references('output_layers') }
}

/** References to inputs or outputs of a model, of which there must be some. */
function needReferences(value: unknown, where: string): readonly TensorReference[] {
  const found = readReferences(value)
  if (found.length === 0) throw invalid(`${where} names no layer.`)
  return found
}
