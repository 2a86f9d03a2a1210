import * as tf from '@tensorflow/tfjs'
import { describe, expect, test } from 'vitest'
import { importLayersModel } from '../src/index.ts'
import {
  compareLayers,
  predictLayers,
  randomImages,
  randomizeWeights,
  saveLayersModel,
} from './layers-model.ts'
import { largestDifference, logitsOf } from './reference.ts'

const conv = (filters: number, more: object = {}) =>
  tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', ...more })
const image = (size = 8) => tf.input({ shape: [size, size, 3], name: 'image' })
const dense = (units: number, more: object = {}) => tf.layers.dense({ units, ...more })
const asTensor = (value: unknown) => value as tf.SymbolicTensor

type Merge = (inputs: tf.SymbolicTensor[]) => tf.SymbolicTensor

const merges: Record<string, Merge> = {
  add: (inputs) => asTensor(tf.layers.add().apply(inputs)),
  multiply: (inputs) => asTensor(tf.layers.multiply().apply(inputs)),
  average: (inputs) => asTensor(tf.layers.average().apply(inputs)),
  maximum: (inputs) => asTensor(tf.layers.maximum().apply(inputs)),
  minimum: (inputs) => asTensor(tf.layers.minimum().apply(inputs)),
  concatenate: (inputs) => asTensor(tf.layers.concatenate().apply(inputs)),
  'concatenate rows': (inputs) => asTensor(tf.layers.concatenate({ axis: 1 }).apply(inputs)),
}

describe('merging', () => {
  test.each(Object.entries(merges))('%s of images', async (name, merge) => {
    const input = image()
    const branches = [0, 1, 2].map(() => asTensor(conv(4).apply(input)))
    const merged = tf.layers.flatten().apply(merge(branches))
    const model = tf.model({ inputs: input, outputs: asTensor(dense(3).apply(merged)) })
    expect((await compareLayers(model, name)).difference).toBeLessThan(1e-4)
  })

  test.each(Object.entries(merges).slice(0, 6))('%s of flattened images', async (name, merge) => {
    const input = image()
    const branches = [0, 1].map(() => asTensor(tf.layers.flatten().apply(asTensor(conv(4).apply(input)))))
    const model = tf.model({ inputs: input, outputs: asTensor(dense(3).apply(merge(branches))) })
    expect((await compareLayers(model, name)).difference).toBeLessThan(1e-4)
  })

  test('squeeze and excitation: an image times one number a channel', async () => {
    const input = image()
    const features = asTensor(conv(4).apply(input))
    const pooled = tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }).apply(features)
    const excited = tf.layers
      .reshape({ targetShape: [1, 1, 4] })
      .apply(asTensor(dense(4, { activation: 'sigmoid' }).apply(pooled)))
    const scaled = tf.layers.multiply().apply([features, asTensor(excited)])
    const flat = tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }).apply(scaled)
    const model = tf.model({ inputs: input, outputs: asTensor(dense(3).apply(flat)) })
    expect((await compareLayers(model, 'excitation')).difference).toBeLessThan(1e-4)
  })
})

describe('heads', () => {
  async function headOf(
    activation: 'softmax' | 'sigmoid',
    build: (output: tf.SymbolicTensor) => tf.SymbolicTensor,
  ) {
    const input = image()
    const flat = tf.layers.flatten().apply(asTensor(conv(2).apply(input)))
    const logits = asTensor(dense(3, { name: 'scores' }).apply(flat))
    const model = tf.model({ inputs: input, outputs: build(logits) })
    randomizeWeights(model, activation)
    const saved = await saveLayersModel(model)
    const imported = await importLayersModel(saved.json, saved.files)
    const images = randomImages(3, 8, 8)
    const actual = await logitsOf(imported, images)
    const scores = tf.tensor(actual, [2, 3])
    const probabilities = (activation === 'softmax' ? tf.softmax(scores) : tf.sigmoid(scores)).dataSync()
    return { imported, difference: largestDifference(probabilities, predictLayers(model, images)) }
  }

  test.each(['softmax', 'sigmoid'] as const)('a final %s layer is split off', async (activation) => {
    const { imported, difference } = await headOf(activation, (logits) =>
      asTensor(tf.layers.activation({ activation }).apply(logits)),
    )
    expect(imported.model.head).toBe(activation)
    expect(imported.model.logits.node.op).toBe('Gemm')
    expect(difference).toBeLessThan(1e-5)
  })

  test.each(['softmax', 'sigmoid'] as const)(
    'a %s that is a setting of the last layer is split off',
    async (activation) => {
      const { imported, difference } = await headOf(activation, (logits) =>
        asTensor(
          tf.layers
            .activation({ activation })
            .apply(asTensor(tf.layers.dropout({ rate: 0.1 }).apply(logits))),
        ),
      )
      expect(imported.model.head).toBe(activation)
      expect(difference).toBeLessThan(1e-5)
      const input = image()
      const flat = tf.layers.flatten().apply(asTensor(conv(2).apply(input)))
      const model = tf.model({
        inputs: input,
        outputs: asTensor(dense(3, { activation, name: 'scores' }).apply(flat)),
      })
      const saved = await saveLayersModel(model)
      const { model: direct } = await importLayersModel(saved.json, saved.files)
      expect(direct.head).toBe(activation)
      expect(direct.logits.node.layer).toBe('scores')
    },
  )
})

describe('structure', () => {
  test('scores that are a flattened map keep the order of the source', async () => {
    const model = tf.sequential()
    model.add(tf.layers.conv2d({ inputShape: [4, 4, 3], filters: 3, kernelSize: 3 }))
    model.add(tf.layers.flatten())
    model.add(tf.layers.reLU())
    expect((await compareLayers(model, 'flattened scores')).difference).toBeLessThan(1e-4)
  })

  test('calls of one shared ReLU are sites of their own', async () => {
    const input = image()
    const relu = tf.layers.reLU({ name: 'relu' })
    const first = relu.apply(asTensor(conv(4).apply(input)))
    const second = relu.apply(asTensor(conv(4).apply(asTensor(first))))
    const flat = tf.layers.flatten().apply(asTensor(second))
    const model = tf.model({ inputs: input, outputs: asTensor(dense(3).apply(flat)) })
    const { imported, difference } = await compareLayers(model, 'shared relu')
    expect(difference).toBeLessThan(1e-4)
    expect(imported.model.layers.map(({ name }) => name)).toEqual(expect.arrayContaining(['relu', 'relu:2']))
  })

  test('calls of one shared convolution share its weights', async () => {
    const input = image()
    const shared = conv(3, { name: 'shared' })
    const twice = shared.apply(asTensor(shared.apply(input)))
    const flat = tf.layers.flatten().apply(asTensor(twice))
    const model = tf.model({ inputs: input, outputs: asTensor(dense(3).apply(flat)) })
    const { imported, difference } = await compareLayers(model, 'shared convolution')
    expect(difference).toBeLessThan(1e-4)
    expect([...imported.weights.keys()].filter((name) => name.startsWith('shared'))).toHaveLength(2)
    expect(imported.model.layer('shared:2').parameters.map(({ name }) => name)).toContain('shared/kernel')
  })

  test('nested models', async () => {
    const backbone = tf.sequential({ name: 'backbone' })
    backbone.add(
      tf.layers.conv2d({
        inputShape: [8, 8, 3],
        filters: 4,
        kernelSize: 3,
        activation: 'relu',
        name: 'stem',
      }),
    )
    backbone.add(tf.layers.maxPooling2d({ poolSize: 2 }))
    const model = tf.sequential({ name: 'outer' })
    model.add(backbone)
    model.add(tf.layers.flatten())
    model.add(dense(3))
    const { imported, difference } = await compareLayers(model, 'nested')
    expect(difference).toBeLessThan(1e-4)
    expect(imported.model.layers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['backbone/stem', 'backbone/stem/relu']),
    )
  })

  test('a nested functional model that is called twice', async () => {
    const inner = tf.input({ shape: [8, 8, 3] })
    const block = tf.model({
      inputs: inner,
      outputs: asTensor(conv(3, { activation: 'relu' }).apply(inner)),
      name: 'block',
    })
    const input = image()
    const twice = block.apply(asTensor(block.apply(input)))
    const flat = tf.layers.flatten().apply(asTensor(twice))
    const model = tf.model({ inputs: input, outputs: asTensor(dense(3).apply(flat)) })
    expect((await compareLayers(model, 'nested twice')).difference).toBeLessThan(1e-4)
  })

  test('one of several outputs is chosen by name', async () => {
    const input = image()
    const flat = tf.layers.flatten().apply(asTensor(conv(2).apply(input)))
    const outputs = [
      asTensor(dense(3, { name: 'kind' }).apply(flat)),
      asTensor(dense(5, { name: 'colour' }).apply(flat)),
    ]
    const saved = await saveLayersModel(tf.model({ inputs: input, outputs }))
    await expect(importLayersModel(saved.json, saved.files)).rejects.toThrow(/several outputs.*kind.*colour/)
    const imported = await importLayersModel(saved.json, saved.files, { output: 'colour' })
    expect(imported.model.logits.shape).toEqual(['n', 5])
    expect(imported.outputs.map(({ name }) => name)).toEqual(['kind', 'colour'])
  })

  test('initialisers and roles', async () => {
    const model = tf.sequential()
    model.add(
      tf.layers.conv2d({
        inputShape: [8, 8, 3],
        filters: 2,
        kernelSize: 3,
        kernelInitializer: 'heNormal',
        name: 'conv',
      }),
    )
    model.add(tf.layers.batchNormalization({ name: 'norm' }))
    model.add(tf.layers.flatten())
    model.add(
      tf.layers.dense({
        units: 3,
        kernelInitializer: tf.initializers.randomNormal({ stddev: 0.2 }),
        name: 'dense',
      }),
    )
    const { imported } = await compareLayers(model, 'initialisers')
    const parameters = new Map(
      imported.model.layers.flatMap((layer) => layer.parameters.map((item) => [item.name, item])),
    )
    expect(parameters.get('conv/kernel')).toMatchObject({
      role: 'kernel',
      initializer: { name: 'variance-scaling', scale: 2, mode: 'fan_in', distribution: 'truncated-normal' },
    })
    expect(parameters.get('dense/kernel')).toMatchObject({ initializer: { name: 'normal', value: 0.2 } })
    expect(
      ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => parameters.get(`norm/${name}`)?.role),
    ).toEqual(['gamma', 'beta', 'mean', 'variance'])
  })
})
