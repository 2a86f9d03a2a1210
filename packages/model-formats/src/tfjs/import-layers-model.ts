import type { ImportedModel } from '../imported-model.ts'
import type { ImportSettings } from '../import-settings.ts'
import { buildKerasModel } from '../keras/build-model.ts'
import { isObject } from '../keras/config-reader.ts'
import { lookupByName } from '../keras/find-weight.ts'
import { readTopology } from '../keras/read-topology.ts'
import type { ModelFiles } from '../model-files.ts'
import { invalid, refuseContradictions } from '../problems.ts'
import { readManifest } from './manifest.ts'

/**
 * Imports a TensorFlow.js layers model: `model.json`, parsed, and the shards that its manifest names.
 * @throws INVALID_MODEL when the file is broken or contradicts itself; UNSUPPORTED_MODEL listing every layer that cannot
 * be imported; FILE when a shard is missing.
 */
export async function importLayersModel(
  json: unknown,
  files: ModelFiles,
  settings: ImportSettings = {},
): Promise<ImportedModel> {
  if (!isObject(json) || !isObject(json['modelTopology'])) {
    throw invalid("The model.json has no 'modelTopology': it is not a TensorFlow.js layers model.")
  }
  const { modelTopology: root } = json as { modelTopology: Record<string, unknown> }
  const config = isObject(root['model_config']) ? root['model_config'] : root
  const topology = refuseContradictions(() => readTopology(config))
  const weights = await readManifest(json['weightsManifest'], files)
  return buildKerasModel(
    topology,
    lookupByName(weights.map((weight) => ({ name: weight.name, read: () => weight }))),
    { format: 'tfjs-layers', dialect: 'tfjs' },
    settings,
  )
}
