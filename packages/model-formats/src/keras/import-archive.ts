import { unzipSync } from 'fflate'
import type { ImportedModel, ImportSettings } from '../imported-model.ts'
import { invalid, refuseContradictions } from '../problems.ts'
import { buildKerasModel } from './build-model.ts'
import { listDatasets, readDataset, withHdf5 } from './hdf5.ts'
import { readTopology } from './read-topology.ts'
import { storagePaths } from './storage-paths.ts'
import type { KerasTopology, StoredWeight, WeightLookup } from './topology.ts'

/** What a `.keras` archive holds. */
interface ArchiveContents {
  readonly config: unknown
  /** By path: `layers/conv2d/vars/0`. */
  readonly weights: ReadonlyMap<string, StoredWeight>
}

/** Sizes are declared in the archive; what unpacks to more than this is refused before it is unpacked. */
const maximumBytes = 2 ** 32

function unpack(bytes: Uint8Array): Record<string, Uint8Array> {
  const wanted = new Set(['config.json', 'model.weights.h5'])
  try {
    return unzipSync(bytes, {
      filter: ({ name, originalSize }) => wanted.has(name) && originalSize < maximumBytes,
    })
  } catch (cause) {
    throw invalid(
      `The .keras archive is broken or truncated (${(cause as Error).message}). Download it again.`,
      cause,
    )
  }
}

async function readArchive(bytes: Uint8Array): Promise<ArchiveContents> {
  const { 'config.json': config, 'model.weights.h5': stored } = unpack(bytes)
  if (!config) throw invalid("The archive holds no 'config.json': it is not a Keras 3 model.")
  if (!stored) throw invalid("The archive holds no 'model.weights.h5': the model was saved without weights.")
  const weights = await withHdf5(
    stored,
    (file, library) =>
      new Map(listDatasets(file, library).map(({ path, dataset }) => [path, readDataset(dataset, path)])),
  )
  try {
    return { config: JSON.parse(new TextDecoder().decode(config)), weights }
  } catch (cause) {
    throw invalid("The archive's 'config.json' is not JSON.", cause)
  }
}

/** Keras 3 numbers a layer's weights in the order the layer made them. */
function lookupByPath(topology: KerasTopology, weights: ReadonlyMap<string, StoredWeight>): WeightLookup {
  const paths = storagePaths(topology)
  return (layer, _, index) => weights.get(`${paths.get(layer)}/vars/${index}`)
}

/**
 * Imports a Keras 3 model from a `.keras` archive.
 * @throws INVALID_MODEL when the archive is broken or contradicts itself; UNSUPPORTED_MODEL listing every layer that
 * cannot be imported.
 */
export async function importKerasArchive(
  bytes: Uint8Array,
  settings: ImportSettings = {},
): Promise<ImportedModel> {
  const { config, weights } = await readArchive(bytes)
  const topology = refuseContradictions(() => readTopology(config))
  return buildKerasModel(
    topology,
    lookupByPath(topology, weights),
    { format: 'keras-v3', dialect: 'keras-3' },
    settings,
  )
}
