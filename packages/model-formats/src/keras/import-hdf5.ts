import { openHdf5, type Hdf5File } from '../hdf5/open-hdf5.ts'
import type { ImportedModel } from '../imported-model.ts'
import type { ImportSettings } from '../import-settings.ts'
import { invalid, refuseContradictions } from '../problems.ts'
import { buildKerasModel } from './build-model.ts'
import { dialectOf } from './dialect.ts'
import { lookupByName, type NamedWeight } from './find-weight.ts'
import { parseJson } from './parse-json.ts'
import { readTopology } from './read-topology.ts'

const group = 'model_weights'

/** Every weight with the layer that the file lists it under. Nothing is read yet. */
function namedWeights(file: Hdf5File): NamedWeight[] {
  const owners = new Map<string, string>()
  for (const path of file.groups) {
    const owner = path.slice(group.length + 1)
    for (const name of file.texts(path, 'weight_names') ?? []) owners.set(`${path}/${name}`, owner)
  }
  return [...file.datasets].flatMap(([path, dataset]): NamedWeight[] => {
    if (!path.startsWith(`${group}/`)) return []
    const owner = owners.get(path)
    const name = path.slice((owner === undefined ? group.length : group.length + 1 + owner.length) + 1)
    const read = () => ({ shape: dataset.shape, data: dataset.read() })
    return [{ name, read, ...(owner !== undefined && { owner }) }]
  })
}

/**
 * Imports a Keras 2 or Keras 3 model from an `.h5` file.
 * @throws INVALID_MODEL when the file is broken or contradicts itself; UNSUPPORTED_MODEL listing every layer that cannot
 * be imported.
 */
export async function importKerasHdf5(
  bytes: Uint8Array,
  settings: ImportSettings = {},
): Promise<ImportedModel> {
  return refuseContradictions(() => {
    const file = openHdf5(bytes)
    const config = file.text('model_config')
    if (config === undefined) {
      throw invalid(
        "The HDF5 file has no 'model_config': it holds weights without an architecture. Save the whole model with model.save().",
      )
    }
    if (!file.groups.includes(group))
      throw invalid("The HDF5 file has no 'model_weights': it holds no weights.")
    const topology = readTopology(parseJson(config, "The HDF5 file's 'model_config'"))
    const source = { format: 'keras-h5', dialect: dialectOf(file.text('keras_version')) } as const
    return buildKerasModel(topology, lookupByName(namedWeights(file)), source, settings)
  })
}
