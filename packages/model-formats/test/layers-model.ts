import * as tf from '@tensorflow/tfjs'
import { createRandom, tensor, type FloatTensor } from '@saliency/core'
import type { ImportedModel, ModelFiles } from '../src/index.ts'
import { importLayersModel } from '../src/index.ts'
import { logitsOf } from './reference.ts'

/** A TensorFlow.js model as `model.json` would hold it, with its one shard. */
export interface SavedModel {
  readonly json: Record<string, unknown>
  readonly files: ModelFiles
  readonly shard: Uint8Array
}

/** Saves a layers model to memory. */
export async function saveLayersModel(model: tf.LayersModel): Promise<SavedModel> {
  let saved: tf.io.ModelArtifacts | undefined
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
  })
  await model.save(handler)
  const shard = new Uint8Array(saved?.weightData as ArrayBuffer)
  const json = {
    format: 'layers-model',
    modelTopology: saved?.modelTopology,
    weightsManifest: [{ paths: ['weights.bin'], weights: saved?.weightSpecs }],
  }
  return { json: structuredClone(json), files: { read: async () => shard }, shard }
}

/** Replaces every weight by keyed random values; variances are made positive. */
export function randomizeWeights(model: tf.LayersModel, key: string): void {
  const random = createRandom('model-formats', key)
  model.setWeights(
    model.weights.map((weight) => {
      const { name } = weight
      const shape = weight.shape as number[]
      const size = shape.reduce((product, dim) => product * dim, 1)
      const isPositive = name.includes('variance') || name.includes('gamma')
      const values = Array.from({ length: size }, () =>
        isPositive ? 0.5 + random.uniform() : random.normal() * 0.4,
      )
      return tf.tensor(values, shape)
    }),
  )
}

/** A random image `[2, c, h, w]`. */
export function randomImages(channels: number, height: number, width: number): FloatTensor {
  const random = createRandom('model-formats', 'image')
  const shape = [2, channels, height, width]
  return tensor(
    Float32Array.from({ length: 2 * channels * height * width }, () => random.normal()),
    shape,
  )
}

/** What the source model itself says of channels-first images: `[n · k]`. */
export function predictLayers(model: tf.LayersModel, images: FloatTensor): Float32Array {
  return tf.tidy(() => {
    const input = tf
      .tensor(images.data, images.shape as [number, number, number, number])
      .transpose([0, 2, 3, 1])
    return (model.predict(input) as tf.Tensor).dataSync() as Float32Array
  })
}

/** Imports a layers model and returns the largest difference between its logits and the source's. */
export async function compareLayers(
  model: tf.LayersModel,
  key: string,
): Promise<{ imported: ImportedModel; difference: number }> {
  randomizeWeights(model, key)
  const saved = await saveLayersModel(model)
  const imported = await importLayersModel(saved.json, saved.files)
  const [, height, width, channels] = (model.inputs[0] as tf.SymbolicTensor).shape as [
    null,
    number,
    number,
    number,
  ]
  const images = randomImages(channels, height, width)
  const expected = predictLayers(model, images)
  const actual = await logitsOf(imported, images)
  let difference = actual.length === expected.length ? 0 : Infinity
  for (const [index, value] of expected.entries()) {
    difference = Math.max(difference, Math.abs(value - (actual[index] as number)))
  }
  return { imported, difference: Number.isFinite(difference) ? difference : Infinity }
}
