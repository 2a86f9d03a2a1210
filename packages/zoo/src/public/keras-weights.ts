import type { KerasArchitecture } from './network.ts'
import type { KerasWeight } from './seeded-weights.ts'

/**
 * Reads the weights of an architecture from HDF5, as Keras' `save_weights` or `save` writes it. As in Keras, the
 * weights of a layer are told by their order, since old files name them differently; the layers are told by name or, if a
 * file calls them otherwise, by their order.
 * @throws FILE if there is no file, INVALID_MODEL naming the layer if it is foreign, truncated or does not fit
 */
export async function readKerasWeights(
  path: string,
  architecture: KerasArchitecture,
): Promise<KerasWeight[]> {
  const { readHdf5Weights } = await import('./keras-h5.ts')
  return readHdf5Weights(path, architecture)
}
