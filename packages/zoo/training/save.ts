import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as tf from '@tensorflow/tfjs-node'
import { CANVAS_SIZE } from '../src/shapes/canvas.ts'
import { SHAPE_CLASSES } from '../src/shapes/outline.ts'
import { NORMALISATION } from './data.ts'

/**
 * Writes the model as a TensorFlow.js layers model (`model.json`, `weights.bin`), its `preprocess.json`, and
 * `training.json` with how it was trained and what it reached.
 */
export async function save(
  model: tf.LayersModel,
  folder: string,
  source: string,
  training: object,
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await model.save({
    save: async (artifacts) => {
      const weightsManifest = [{ paths: ['weights.bin'], weights: artifacts.weightSpecs }]
      const { modelTopology, format, generatedBy } = artifacts
      writeJson(
        join(folder, 'model.json'),
        { format, generatedBy, convertedBy: null, modelTopology, weightsManifest },
        0,
      )
      writeFileSync(join(folder, 'weights.bin'), joinBuffers(artifacts.weightData))
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    },
  })
  writeJson(join(folder, 'preprocess.json'), {
    input: { height: CANVAS_SIZE, width: CANVAS_SIZE, channels: 'RGB', range: [0, 1] },
    mean: [NORMALISATION.mean, NORMALISATION.mean, NORMALISATION.mean],
    std: [NORMALISATION.std, NORMALISATION.std, NORMALISATION.std],
    classes: SHAPE_CLASSES,
    source,
  })
  writeJson(join(folder, 'training.json'), training)
}

function writeJson(file: string, content: object, indent = 2): void {
  writeFileSync(file, `${JSON.stringify(content, null, indent)}\n`)
}

function joinBuffers(data: ArrayBuffer | ArrayBuffer[] | undefined): Buffer {
  const parts = Array.isArray(data) ? data : data === undefined ? [] : [data]
  return Buffer.concat(parts.map((part) => Buffer.from(part)))
}
