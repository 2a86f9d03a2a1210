import * as tf from '@tensorflow/tfjs'
import { describe, expect, test } from 'vitest'
import { importLayersModel } from '../src/index.ts'
import { predictLayers, randomImages, randomizeWeights, saveLayersModel } from './layers-model.ts'
import { largestDifference, logitsOf } from './reference.ts'

interface LayerJson {
  class_name: string
  config: Record<string, unknown>
}

/** A convolution, the layer under test, and a head of three classes; the features lie within `scale` of 0. */
function around(layer: tf.layers.Layer, scale: number): tf.LayersModel {
  const model = tf.sequential()
  model.add(tf.layers.conv2d({ inputShape: [9, 7, 3], filters: 4, kernelSize: 3, padding: 'same' }))
  model.add(tf.layers.rescaling({ scale }))
  model.add(layer)
  model.add(tf.layers.flatten())
  model.add(tf.layers.dense({ units: 3, useBias: false }))
  randomizeWeights(model, layer.getClassName())
  return model
}

/** The largest difference, as a share of the largest score, of a model whose third layer was changed in the file. */
async function compareChanged(model: tf.LayersModel, change: (layer: LayerJson) => void): Promise<number> {
  const { json, files } = await saveLayersModel(model)
  const { layers } = (json['modelTopology'] as { config: { layers: LayerJson[] } }).config
  change(layers[2] as LayerJson)
  const images = randomImages(3, 9, 7)
  const expected = predictLayers(model, images)
  const actual = await logitsOf(await importLayersModel(json, files), images)
  return largestDifference(actual, expected) / Math.max(...expected.map(Math.abs))
}

/** Sets a batch norm's running statistics, one number a channel. */
function setStatistics(layer: tf.layers.Layer, mean: readonly number[], variance: readonly number[]): void {
  const affine = layer.getWeights().slice(0, -2)
  layer.setWeights([...affine, tf.tensor1d([...mean]), tf.tensor1d([...variance])])
}

describe("a setting that the file leaves out has Keras' default", () => {
  const cases: Record<string, [setting: string, layer: () => tf.layers.Layer, scale?: number]> = {
    // Features as small as these feel an epsilon of 10⁻³.
    'layer norm': ['epsilon', () => tf.layers.layerNormalization({ epsilon: 1e-3 }), 0.02],
    'leaky ReLU': ['alpha', () => tf.layers.leakyReLU({ alpha: 0.3 })],
    ELU: ['alpha', () => tf.layers.elu({ alpha: 1 })],
    'thresholded ReLU': ['theta', () => tf.layers.thresholdedReLU({ theta: 1 })],
  }
  test.each(Object.entries(cases))('%s', async (_, [setting, layer, scale = 1]) => {
    const difference = await compareChanged(around(layer(), scale), ({ config }) => {
      expect(config).toHaveProperty(setting)
      delete config[setting]
    })
    expect(difference).toBeLessThan(1e-4)
  })

  test('batch norm', async () => {
    const norm = tf.layers.batchNormalization({ epsilon: 1e-3 })
    const model = around(norm, 0.02)
    setStatistics(norm, [0, 0, 0.01, 0], [1e-3, 2e-3, 3e-3, 4e-3])
    const difference = await compareChanged(model, ({ config }) => {
      expect(config).toHaveProperty('epsilon')
      delete config['epsilon']
    })
    expect(difference).toBeLessThan(1e-4)
  })
})

test('Normalization divides by the root of the variance', async () => {
  // TensorFlow.js has no such layer: it is a batch norm without anything else.
  const [mean, variance] = [
    [0.1, -0.2, 0.3, 0],
    [0.25, 4, 9, 0.01],
  ]
  const norm = tf.layers.batchNormalization({ epsilon: 0, scale: false, center: false })
  const model = around(norm, 1)
  setStatistics(norm, mean, variance)
  const difference = await compareChanged(model, (layer) => {
    layer.class_name = 'Normalization'
    layer.config = { name: layer.config['name'], axis: [-1], mean, variance }
  })
  expect(difference).toBeLessThan(1e-4)
})
