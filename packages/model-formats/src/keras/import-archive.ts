import { decodeText } from '@saliency/core'
import { openHdf5, type Hdf5File } from '../hdf5/open-hdf5.ts'
import type { ImportedModel } from '../imported-model.ts'
import type { ImportSettings } from '../import-settings.ts'
import { invalid, refuseContradictions } from '../problems.ts'
import { buildKerasModel } from './build-model.ts'
import { isObject } from './config-reader.ts'
import { dialectOf } from './dialect.ts'
import { parseJson } from './parse-json.ts'
import { readTopology } from './read-topology.ts'
import { storagePaths } from './storage-paths.ts'
import type { KerasTopology, WeightLookup } from './topology.ts'
import { unpack } from './unpack.ts'

/** Keras 3 numbers a layer's weights in the order the layer made them; only what is asked for is read. */
function lookupByPath(topology: KerasTopology, file: Hdf5File): WeightLookup {
  const paths = storagePaths(topology)
  return (layer, _, index, part) => {
    const owners = part ? part.attributes.map((name) => `${paths.get(layer)}/${name}`) : [paths.get(layer)]
    const [dataset] = owners.flatMap((owner) => file.datasets.get(`${owner}/vars/${index}`) ?? [])
    return dataset && { shape: dataset.shape, data: dataset.read() }
  }
}

/**
 * Imports a Keras model from a `.keras` archive.
 * @throws INVALID_MODEL when the archive is broken or contradicts itself; UNSUPPORTED_MODEL listing every layer that
 * cannot be imported.
 */
export async function importKerasArchive(
  bytes: Uint8Array,
  settings: ImportSettings = {},
): Promise<ImportedModel> {
  const entries = unpack(bytes, new Set(['config.json', 'metadata.json', 'model.weights.h5']))
  const { 'config.json': config, 'metadata.json': metadata, 'model.weights.h5': weights } = entries
  if (!config) throw invalid("The archive holds no 'config.json': it is not a Keras model.")
  if (!weights) throw invalid("The archive holds no 'model.weights.h5': the model was saved without weights.")
  const json = (bytes_: Uint8Array, name: string) => parseJson(decodeText(bytes_), `The archive's '${name}'`)
  const about = metadata && json(metadata, 'metadata.json')
  const version = isObject(about) ? about['keras_version'] : '3'
  return refuseContradictions(() => {
    const topology = readTopology(json(config, 'config.json'))
    const source = { format: 'keras-v3', dialect: dialectOf(version) } as const
    return buildKerasModel(topology, lookupByPath(topology, openHdf5(weights)), source, settings)
  })
}
