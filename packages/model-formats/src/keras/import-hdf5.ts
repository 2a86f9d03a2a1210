import type { Group } from 'h5wasm'
import type { ImportedModel, ImportSettings } from '../imported-model.ts'
import { invalid, refuseContradictions } from '../problems.ts'
import { buildKerasModel } from './build-model.ts'
import { lookupByName } from './find-weight.ts'
import { listDatasets, readDataset, textAttribute, withHdf5 } from './hdf5.ts'
import { readTopology } from './read-topology.ts'
import type { StoredWeight } from './topology.ts'

/** What a Keras `.h5` file holds: the model's configuration, and its weights by name. */
export interface Hdf5Contents {
  readonly config: unknown
  readonly dialect: 'keras-2' | 'keras-3'
  readonly weights: readonly (StoredWeight & { readonly name: string })[]
}

/**
 * Reads a Keras `.h5` file.
 * @throws INVALID_MODEL when it is no HDF5 file, holds no architecture, or no weights.
 */
export function readHdf5(bytes: Uint8Array): Promise<Hdf5Contents> {
  return withHdf5(bytes, (file, library) => {
    const config = textAttribute(file, 'model_config')
    const group = file.get('model_weights')
    if (config === undefined) {
      throw invalid(
        "The HDF5 file has no 'model_config': it holds weights without an architecture. Save the whole model with model.save().",
      )
    }
    if (!(group instanceof library.Group))
      throw invalid("The HDF5 file has no 'model_weights': it holds no weights.")
    const weights = listDatasets(group as Group, library).map(({ path, dataset }) => ({
      name: path,
      ...readDataset(dataset, path),
    }))
    const dialect = textAttribute(file, 'keras_version')?.startsWith('3') ? 'keras-3' : 'keras-2'
    return { config: parseConfig(config), dialect, weights }
  })
}

function parseConfig(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw invalid("The HDF5 file's 'model_config' is not JSON.", cause)
  }
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
  const { config, dialect, weights } = await readHdf5(bytes)
  const topology = refuseContradictions(() => readTopology(config))
  return buildKerasModel(topology, lookupByName(weights), { format: 'keras-h5', dialect }, settings)
}
