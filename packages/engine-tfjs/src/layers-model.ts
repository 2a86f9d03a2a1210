import type { ImportedModel, ImportSettings } from '@saliency/model-formats'
import * as tf from '@tensorflow/tfjs'

/** What a save hands over. */
type Artifacts = Pick<tf.io.ModelArtifacts, 'modelTopology' | 'weightSpecs' | 'weightData'>

async function artifactsOf(model: tf.LayersModel): Promise<Artifacts> {
  let saved: Artifacts = {}
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
  })
  await model.save(handler)
  return saved
}

function bytesOf(data: tf.io.WeightData | undefined): Uint8Array {
  const parts = (Array.isArray(data) ? data : data ? [data] : []).map((part) => new Uint8Array(part))
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

/**
 * Reads a TensorFlow.js model in memory as a graph with its present weights: its images `[n, h, w, c]` become
 * `[n, c, h, w]`. The model is saved to memory and imported like a file; it is not changed.
 * @throws UNSUPPORTED_MODEL listing every layer that cannot be imported.
 */
export async function fromLayersModel(
  model: tf.LayersModel,
  settings: ImportSettings = {},
): Promise<ImportedModel> {
  const { modelTopology, weightSpecs, weightData } = await artifactsOf(model)
  const { importLayersModel } = await import('@saliency/model-formats')
  const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs ?? [] }]
  const files = { read: async () => bytesOf(weightData) }
  return importLayersModel({ modelTopology, weightsManifest }, files, { name: model.name, ...settings })
}
