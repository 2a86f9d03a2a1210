import { SaliencyError } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import { describe, expect, test } from 'vitest'
import { importGraphModel, importLayersModel } from '../src/index.ts'
import { window } from './graph-around.ts'
import { graphModel, operation, weight, whole, type GraphModelJson } from './graph-model.ts'
import { randomImages } from './layers-model.ts'
import { largestDifference, logitsOf } from './reference.ts'

/** Sizes of the image `[n, 3, 9, 7]`, in the order that the file has them. */
function withInput({ json, shard }: GraphModelJson, sizes: readonly number[]): GraphModelJson {
  const text = JSON.stringify(json).replaceAll(
    JSON.stringify({ dim: [-1, 9, 7, 3].map((size) => ({ size: String(size) })) }),
    JSON.stringify({ dim: sizes.map((size) => ({ size: String(size) })) }),
  )
  return { json: JSON.parse(text), shard }
}

/** Reads the image channels-last in its convolutions, whichever way it comes, and ends in a flattened dense layer. */
const network = (first: Parameters<typeof graphModel>[0], order: readonly number[]) =>
  graphModel(
    [
      ...first,
      operation('Conv2D', 'conv', ['read', 'kernel'], window),
      operation('BiasAdd', 'x', ['conv', 'bias']),
      operation('Relu', 'y', ['x']),
      operation('Reshape', 'flat', ['y', 'flat/shape']),
      operation('MatMul', 'scores', ['flat', 'head'], { transpose_a: false, transpose_b: false }),
    ],
    [
      weight('kernel', [3, 3, 3, 4]),
      weight('bias', [4]),
      weight('head', [252, 3]),
      weight('scale', [3, 1, 1]),
      whole('flat/shape', [-1, 252]),
      whole('order', order),
    ],
  )

async function tensorFlow({ json, shard }: GraphModelJson, order: readonly number[]) {
  const source = await tf.loadGraphModel(
    tf.io.fromMemory({
      modelTopology: json['modelTopology'] as object,
      signature: json['signature'] as object,
      weightSpecs: (json['weightsManifest'] as [{ weights: tf.io.WeightsManifestEntry[] }])[0].weights,
      weightData: shard.buffer as ArrayBuffer,
    }),
  )
  const images = randomImages(3, 9, 7)
  const input = tf.tensor(images.data, images.shape as [number, number, number, number]).transpose([...order])
  return { images, expected: (source.predict(input) as tf.Tensor).dataSync() as Float32Array }
}

describe('a TensorFlow.js graph whose image has its channels first', () => {
  test.each([
    ['a transposition', [operation('Transpose', 'read', ['image', 'order'])]],
    [
      'a scale for each channel and a transposition',
      [operation('Mul', 'scaled', ['image', 'scale']), operation('Transpose', 'read', ['scaled', 'order'])],
    ],
  ])('is told by %s before its convolution', async (_, first) => {
    const model = withInput(network(first, [0, 2, 3, 1]), [-1, 3, 9, 7])
    const { images, expected } = await tensorFlow(model, [0, 1, 2, 3])
    const imported = await importGraphModel(model.json, { read: async () => model.shard })
    expect(imported.input).toMatchObject({ layout: 'channels-first', channels: 3, height: 9, width: 7 })
    expect(largestDifference(await logitsOf(imported, images), expected)).toBeLessThan(1e-5)
  })

  test('is told where sizes say nothing, and open sizes are filled', async () => {
    const model = withInput(
      network([operation('Transpose', 'read', ['image', 'order'])], [0, 2, 3, 1]),
      [-1, 3, -1, -1],
    )
    const imported = await importGraphModel(
      model.json,
      { read: async () => model.shard },
      { imageSize: [9, 7] },
    )
    expect(imported.model.image.shape).toEqual(['n', 3, 9, 7])
    await expect(importGraphModel(model.json, { read: async () => model.shard })).rejects.toThrow(
      /takes images of any size. Say which: --size/,
    )
  })

  test('of many channels is read by its convolution, not by its sizes', async () => {
    const model = withInput(network([operation('Identity', 'read', ['image'])], [0, 1, 2, 3]), [-1, 9, 7, 3])
    const imported = await importGraphModel(model.json, { read: async () => model.shard })
    expect(imported.input).toMatchObject({ layout: 'channels-last', channels: 3, height: 9 })
  })
})

/** A layers model of TensorFlow.js whose layers have their channels first. */
async function channelsFirst() {
  const settings = { dataFormat: 'channelsFirst', activation: 'relu', padding: 'same' } as const
  const source = tf.sequential({
    layers: [
      tf.layers.conv2d({ ...settings, inputShape: [10, 9, 7], filters: 4, kernelSize: 3 }),
      tf.layers.batchNormalization({ axis: 1 }),
      tf.layers.maxPooling2d({ poolSize: 2, dataFormat: 'channelsFirst' }),
      tf.layers.flatten({ dataFormat: 'channelsFirst' }),
      tf.layers.dense({ units: 3 }),
    ],
  })
  let artifacts: tf.io.ModelArtifacts | undefined
  await source.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    }),
  )
  return { source, artifacts: artifacts as tf.io.ModelArtifacts }
}

test('a layers model whose layers have their channels first', async () => {
  const { source, artifacts } = await channelsFirst()
  const shard = new Uint8Array(artifacts.weightData as ArrayBuffer)
  const imported = await importLayersModel(
    {
      modelTopology: artifacts.modelTopology,
      weightsManifest: [{ paths: ['w'], weights: artifacts.weightSpecs }],
    },
    { read: async () => shard },
  )
  expect(imported.input).toMatchObject({ layout: 'channels-first', channels: 10, height: 9, width: 7 })
  const images = randomImages(10, 9, 7)
  const expected = (
    source.predict(tf.tensor(images.data, images.shape as [number, number, number, number])) as tf.Tensor
  ).dataSync() as Float32Array
  expect(largestDifference(await logitsOf(imported, images), expected)).toBeLessThan(1e-5)
})

test('several inputs are refused with their shapes and a way out', async () => {
  const { json, shard } = network([operation('Identity', 'read', ['image'])], [0, 1, 2, 3])
  const signature = json['signature'] as { inputs: Record<string, object> }
  signature.inputs['mask'] = { name: 'mask:0', tensorShape: { dim: [-1, 9, 7, 1].map((size) => ({ size })) } }
  const error: unknown = await importGraphModel(json, { read: async () => shard }).catch(
    (reason: unknown) => reason,
  )
  expect(SaliencyError.is(error, 'INVALID_MODEL')).toBe(true)
  expect((error as Error).message).toMatch(
    /2 inputs \(image \[\?, 9, 7, 3\]; mask \[\?, 9, 7, 1\]\).* a wrapper that takes one image/,
  )
})
