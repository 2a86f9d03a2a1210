import * as tf from '@tensorflow/tfjs'
import { SaliencyError } from '@saliency/core'
import { zipSync } from 'fflate'
import { beforeAll, describe, expect, test } from 'vitest'
import { importKerasArchive, importKerasHdf5, importModel } from '../src/index.ts'
import { kerasConfig, toKeras3, writeKerasArchive, writeKerasHdf5 } from './keras-file.ts'
import { predictLayers, randomImages, randomizeWeights } from './layers-model.ts'
import { largestDifference, logitsOf } from './reference.ts'

const keptFrom = (layer: string) => ({
  class_name: '__keras_tensor__',
  config: { shape: [], dtype: 'float32', keras_history: [layer, 0, 0] },
})

const asTensor = (value: unknown) => value as tf.SymbolicTensor

/** A residual net with batch norm, depthwise and separable convolutions and two dense layers. */
function residual(): tf.LayersModel {
  const input = tf.input({ shape: [9, 7, 3], name: 'image' })
  const conv = (name: string, filters = 4) =>
    tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', name })
  const first = tf.layers
    .batchNormalization({ name: 'norm', epsilon: 0.2 })
    .apply(asTensor(conv('conv1').apply(input)))
  const active = asTensor(tf.layers.reLU({ name: 'relu' }).apply(asTensor(first)))
  const depthwise = tf.layers
    .depthwiseConv2d({ kernelSize: 3, padding: 'same', name: 'depthwise' })
    .apply(active)
  const separable = tf.layers
    .separableConv2d({ filters: 4, kernelSize: 3, padding: 'same', name: 'separable' })
    .apply(asTensor(depthwise))
  const sum = tf.layers.add({ name: 'sum' }).apply([active, asTensor(separable)])
  const flat = tf.layers.flatten({ name: 'flat' }).apply(asTensor(conv('conv2', 3).apply(asTensor(sum))))
  const hidden = tf.layers.dense({ units: 5, activation: 'tanh', name: 'hidden' }).apply(asTensor(flat))
  const output = tf.layers.dense({ units: 3, name: 'scores' }).apply(asTensor(hidden))
  const model = tf.model({ inputs: input, outputs: asTensor(output) })
  randomizeWeights(model, 'keras file')
  return model
}

let model: tf.LayersModel
let hdf5: Uint8Array
let archive: Uint8Array
const images = randomImages(3, 9, 7)
beforeAll(async () => {
  model = residual()
  hdf5 = await writeKerasHdf5(model)
  archive = await writeKerasArchive(model)
})

describe('Keras files', () => {
  test('.h5 gives what TensorFlow.js gives', async () => {
    const imported = await importKerasHdf5(hdf5)
    expect(imported.format).toBe('keras-h5')
    expect(largestDifference(await logitsOf(imported, images), predictLayers(model, images))).toBeLessThan(
      1e-4,
    )
  })

  test('.keras gives what TensorFlow.js gives', async () => {
    const imported = await importKerasArchive(archive)
    expect(imported.format).toBe('keras-v3')
    expect(largestDifference(await logitsOf(imported, images), predictLayers(model, images))).toBeLessThan(
      1e-4,
    )
    expect(imported.model.layers.map(({ name }) => name)).toContain('hidden/tanh')
  })

  test('a sequential model without an input layer, and Keras 3 in .h5', async () => {
    const plain = tf.sequential()
    plain.add(tf.layers.conv2d({ inputShape: [9, 7, 3], filters: 4, kernelSize: 3, name: 'conv' }))
    plain.add(tf.layers.flatten())
    plain.add(tf.layers.dense({ units: 3, name: 'dense' }))
    randomizeWeights(plain, 'plain')
    const imported = await importKerasHdf5(await writeKerasHdf5(plain, kerasConfig(plain), '3.4.1'))
    expect(largestDifference(await logitsOf(imported, images), predictLayers(plain, images))).toBeLessThan(
      1e-4,
    )
  })

  test('an .h5 file of Keras 3 leaves out whose an operation is, and calls a depthwise kernel a kernel', async () => {
    const config = toKeras3(kerasConfig(model))
    const layers = config.config.layers as unknown as {
      name: string
      class_name: string
      config: object
      inbound_nodes: { args: unknown[] }[]
    }[]
    const sum = layers.find(({ name }) => name === 'sum')
    const [a, b] = (sum?.inbound_nodes[0]?.args[0] ?? []) as unknown[]
    // a − b + b + b is the model's sum.
    Object.assign(sum as object, {
      class_name: 'Subtract',
      config: { name: 'sum' },
      inbound_nodes: [{ args: [a, b], kwargs: {} }],
    })
    const twice = {
      class_name: 'Multiply',
      name: 'twice',
      config: { name: 'twice' },
      inbound_nodes: [{ args: [b, 2], kwargs: {} }],
    }
    const whole = {
      class_name: 'Add',
      name: 'whole',
      config: { name: 'whole' },
      inbound_nodes: [{ args: [], kwargs: { x2: keptFrom('twice'), x1: keptFrom('sum') } }],
    }
    const conv2 = layers.find(({ name }) => name === 'conv2')
    Object.assign(conv2 as object, { inbound_nodes: [{ args: [keptFrom('whole')], kwargs: {} }] })
    layers.push(twice as never, whole as never)
    const bytes = await writeKerasHdf5(model, config, '3.15.1', (weight, layer) =>
      layer === 'depthwise' ? weight.replace('depthwise_kernel', 'kernel') : weight,
    )
    const imported = await importKerasHdf5(bytes)
    expect(largestDifference(await logitsOf(imported, images), predictLayers(model, images))).toBeLessThan(
      1e-4,
    )
  })

  test("Keras' bilinear resizing has its pixels at their centres, unlike TensorFlow.js'", async () => {
    const build = (resized: (x: tf.SymbolicTensor) => tf.SymbolicTensor) => {
      const input = tf.input({ shape: [9, 7, 3], name: 'image' })
      const flat = tf.layers.flatten({ name: 'flat' }).apply(resized(input))
      return tf.model({
        inputs: input,
        outputs: asTensor(tf.layers.dense({ units: 2, name: 'scores' }).apply(asTensor(flat))),
      })
    }
    const net = build((x) =>
      asTensor(tf.layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear', name: 'up' }).apply(x)),
    )
    randomizeWeights(net, 'resizing')
    const imported = await importKerasHdf5(await writeKerasHdf5(net))
    const expected = tf.tidy(() => {
      const source = tf.tensor(images.data, [2, 3, 9, 7]).transpose<tf.Tensor4D>([0, 2, 3, 1])
      const enlarged = tf.image.resizeBilinear(source, [18, 14], false, true)
      const [kernel, bias] = net.getLayer('scores').getWeights() as [tf.Tensor2D, tf.Tensor1D]
      return enlarged.reshape<tf.Tensor2D>([2, -1]).matMul(kernel).add(bias).dataSync() as Float32Array
    })
    expect(largestDifference(await logitsOf(imported, images), expected)).toBeLessThan(1e-4)
  })

  test('the format is told by the content', async () => {
    for (const [bytes, format] of [
      [hdf5, 'keras-h5'],
      [archive, 'keras-v3'],
    ] as const) {
      const files = {
        read: async (path: string) => {
          if (path === 'net') return bytes
          throw new SaliencyError('FILE', 'missing')
        },
      }
      expect((await importModel('net', files)).format).toBe(format)
    }
  })
})

async function errorOf(load: () => Promise<unknown>): Promise<SaliencyError> {
  const error: unknown = await load().catch((reason: unknown) => reason)
  expect(SaliencyError.is(error), String(error)).toBe(true)
  return error as SaliencyError
}

describe('broken Keras files', () => {
  test('a truncated .h5', async () => {
    const { code, message } = await errorOf(() => importKerasHdf5(hdf5.slice(0, hdf5.length >> 1)))
    expect(code).toBe('INVALID_MODEL')
    expect(message).toMatch(/HDF5 file is broken or truncated/)
  })

  test('a truncated .keras', async () => {
    const { code, message } = await errorOf(() => importKerasArchive(archive.slice(0, archive.length >> 1)))
    expect(code).toBe('INVALID_MODEL')
    expect(message).toMatch(/archive is broken or truncated/)
  })

  test('weights without an architecture', async () => {
    const { message } = await errorOf(async () =>
      importKerasHdf5(await writeKerasHdf5(model, false as unknown as object)),
    )
    expect(message).toMatch(/weights without an architecture/)
  })

  test('an architecture without weights', async () => {
    const { message } = await errorOf(async () =>
      importKerasArchive(zipSync({ 'config.json': new TextEncoder().encode('{}') })),
    )
    expect(message).toMatch(/saved without weights/)
    const empty = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [2, 2, 1] })] })
    const config = kerasConfig(model)
    const missing = await errorOf(async () => importKerasHdf5(await writeKerasHdf5(empty, config)))
    expect(missing.message).toMatch(/'conv1'.*no weight 'kernel'/)
  })

  test('unsupported layers are listed together', async () => {
    const config = toKeras3(kerasConfig(model))
    for (const layer of config.config.layers) {
      if (layer.class_name === 'ReLU') layer.class_name = 'ReLUs'
      if (layer.class_name === 'Flatten') layer.class_name = 'LSTM'
    }
    const { code, message } = await errorOf(async () =>
      importKerasArchive(await writeKerasArchive(model, config)),
    )
    expect(code).toBe('UNSUPPORTED_MODEL')
    expect(message).toMatch(/relu \(ReLUs\).*nearest that is: ReLU/)
    expect(message).toMatch(/flat \(LSTM\)/)
  })

  test("a class of one's own in an .h5 file, which does not say whose a class is", async () => {
    const config = kerasConfig(model)
    const relu = config.config.layers.find(({ name }) => name === 'relu')
    // What Keras 2 and Keras 3 write for a class called ReLU that says nothing of its settings.
    for (const settings of [{}, { autocast: true, activity_regularizer: null }]) {
      if (relu) relu.config = { name: 'relu', trainable: true, dtype: 'float32', ...settings }
      const { code, message } = await errorOf(async () =>
        importKerasHdf5(await writeKerasHdf5(model, config)),
      )
      expect(code).toBe('UNSUPPORTED_MODEL')
      expect(message).toMatch(/relu \(ReLU\): is a class of your own/)
    }
  })

  test('settings that contradict the weights', async () => {
    const config = kerasConfig(model)
    const conv = config.config.layers.find(({ name }) => name === 'conv1')
    if (conv) conv.config['filters'] = 7
    const { message } = await errorOf(async () => importKerasHdf5(await writeKerasHdf5(model, config)))
    expect(message).toMatch(/'conv1'.*\[3, 3, 3, 4\].*\[3, 3, 3, 7\]/)
  })
})
