import * as tf from '@tensorflow/tfjs'
import { SaliencyError } from '@saliency/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { importLayersModel, type ModelFiles } from '../src/index.ts'
import { saveLayersModel, type SavedModel } from './layers-model.ts'

type Json = Record<string, unknown>
interface LayerJson {
  class_name: string
  config: Json
  inbound_nodes?: unknown[]
}

let saved: SavedModel
beforeAll(async () => {
  const model = tf.sequential()
  model.add(
    tf.layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, activation: 'relu', name: 'conv' }),
  )
  model.add(tf.layers.flatten({ name: 'flatten' }))
  model.add(tf.layers.dense({ units: 3, activation: 'softmax', name: 'dense' }))
  saved = await saveLayersModel(model)
})

/** The error that importing a changed copy of the model ends in. */
async function errorOf(
  change: (layers: LayerJson[], json: Json) => void,
  files?: ModelFiles,
): Promise<SaliencyError> {
  const json = structuredClone(saved.json)
  const topology = json['modelTopology'] as { config: { layers: LayerJson[] } }
  change(topology.config.layers, json)
  const error: unknown = await importLayersModel(json, files ?? saved.files).catch(
    (reason: unknown) => reason,
  )
  expect(SaliencyError.is(error), String(error)).toBe(true)
  return error as SaliencyError
}

const layer = (layers: LayerJson[], name: string) =>
  layers.find(({ config }) => config['name'] === name) as LayerJson

describe('a broken layers model is refused with one clear error', () => {
  test('the unchanged model loads', async () => {
    await expect(importLayersModel(saved.json, saved.files)).resolves.toBeDefined()
  })

  test('every unsupported layer is listed, with the nearest supported one', async () => {
    const error = await errorOf((layers) => {
      layer(layers, 'conv').class_name = 'Conv2DD'
      layer(layers, 'dense').config['activation'] = 'sigmoidd'
      layers.splice(1, 0, { class_name: 'LSTM', config: { name: 'memory' } })
    })
    expect(error.code).toBe('UNSUPPORTED_MODEL')
    expect(error.message).toContain('conv (Conv2DD): is not supported (the nearest that is: Conv2D)')
    expect(error.message).toContain('memory (LSTM)')
  })

  test('unsupported settings are listed together', async () => {
    const error = await errorOf((layers) => {
      layer(layers, 'conv').config['data_format'] = 'channels_middle'
    })
    expect(error.code).toBe('UNSUPPORTED_MODEL')
    expect(error.message).toContain("conv (Conv2D): data_format 'channels_middle'")
  })

  const broken: Record<string, [change: (layers: LayerJson[], json: Json) => void, message: RegExp]> = {
    'no topology': [(_, json) => void delete json['modelTopology'], /no 'modelTopology'/],
    'a subclassed model': [
      (_, json) => Object.assign(json['modelTopology'] as Json, { class_name: 'MyModel' }),
      /'MyModel'/,
    ],
    'no layers': [(layers) => void layers.splice(0), /no layers/],
    'no weights': [(_, json) => void delete json['weightsManifest'], /saved without its weights/],
    'a missing weight': [
      (_, json) => {
        const [group] = json['weightsManifest'] as [{ weights: { name: string }[] }]
        ;(group.weights[0] as { name: string }).name = 'other/kernel'
      },
      /'conv'.*no weight 'kernel'/,
    ],
    'settings that contradict the weights': [
      (layers) => void (layer(layers, 'conv').config['filters'] = 5),
      /'conv'.*'kernel' is \[3, 3, 3, 4\].*\[3, 3, 3, 5\]/,
    ],
    'a setting of a wrong type': [
      (layers) => void (layer(layers, 'conv').config['strides'] = 'two'),
      /'conv'.*'strides' should be two numbers/,
    ],
    'a huge image': [
      (layers) => void (layer(layers, 'conv').config['batch_input_shape'] = [null, 1e6, 1e6, 3]),
      /1000000×1000000×3/,
    ],
    'a huge weight': [
      (_, json) => {
        const [group] = json['weightsManifest'] as [{ weights: { shape: number[] }[] }]
        ;(group.weights[0] as { shape: number[] }).shape = [1e5, 1e5, 1e5]
      },
      /\[100000, 100000, 100000\]/,
    ],
    'a negative size': [
      (_, json) => {
        const [group] = json['weightsManifest'] as [{ weights: { shape: number[] }[] }]
        ;(group.weights[0] as { shape: number[] }).shape = [-3, 3]
      },
      /\[-3, 3\]/,
    ],
    'an image of open size': [
      (layers) => void (layer(layers, 'conv').config['batch_input_shape'] = [null, null, null, 3]),
      /any size.*imageSize/,
    ],
  }
  test.each(Object.entries(broken))('%s', async (_, [change, message]) => {
    const error = await errorOf(change)
    expect(error.code).toBe('INVALID_MODEL')
    expect(error.message).toMatch(message)
  })

  test('a truncated shard', async () => {
    const error = await errorOf(() => {}, { read: async () => saved.shard.subarray(0, 100) })
    expect(error.code).toBe('INVALID_MODEL')
    expect(error.message).toMatch(/weights\.bin is truncated: 100 bytes/)
  })

  test('a shard that is too long', async () => {
    const error = await errorOf(() => {}, { read: async () => new Uint8Array(saved.shard.length + 4) })
    expect(error.message).toMatch(/does not fit the model/)
  })

  test('a cycle', async () => {
    const reference = (name: string) => [[[name, 0, 0, {}]]]
    const layers = [
      {
        class_name: 'InputLayer',
        name: 'image',
        config: { name: 'image', batch_input_shape: [null, 4, 4, 3] },
        inbound_nodes: [],
      },
      { class_name: 'ReLU', name: 'a', config: { name: 'a' }, inbound_nodes: reference('b') },
      { class_name: 'ReLU', name: 'b', config: { name: 'b' }, inbound_nodes: reference('a') },
    ]
    const config = { name: 'ring', layers, input_layers: [['image', 0, 0]], output_layers: [['b', 0, 0]] }
    const json = { modelTopology: { class_name: 'Model', config }, weightsManifest: [] }
    await expect(importLayersModel(json, saved.files)).rejects.toThrow(/'b' depends on itself/)
    config.output_layers = [['nowhere', 0, 0]]
    await expect(importLayersModel(json, saved.files)).rejects.toThrow(/'nowhere'/)
  })

  test('an output that is no list of classes', async () => {
    const model = tf.sequential({ name: 'map' })
    model.add(tf.layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, name: 'features' }))
    const { json, files } = await saveLayersModel(model)
    await expect(importLayersModel(json, files)).rejects.toThrow(
      /no output is \[n, classes\].*features \[n, 4, 6, 6\]/,
    )
  })
})
