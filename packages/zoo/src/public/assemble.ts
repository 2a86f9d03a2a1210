import { SaliencyError } from '@saliency/core'
import { importLayersModel, type ImportedModel } from '@saliency/model-formats'
import type { KerasArchitecture } from './network.ts'
import type { KerasWeight } from './seeded-weights.ts'

/**
 * Joins an architecture and its weights into a model. Both go through the importer of layers models, so that padding,
 * layouts and flattening are treated in one place only.
 * @throws INVALID_MODEL if a weight is missing or has another shape than the architecture needs
 */
export async function assembleModel(
  architecture: KerasArchitecture,
  weights: readonly KerasWeight[],
): Promise<ImportedModel> {
  checkWeights(architecture, weights)
  const specs = weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }))
  // Each weight is a file of its own, so that nothing is copied into one buffer.
  const weightsManifest = specs.map((spec, index) => ({ paths: [String(index)], weights: [spec] }))
  const read = async (path: string) => {
    const { data } = weights[Number(path)] as KerasWeight
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  }
  return importLayersModel(
    { format: 'layers-model', modelTopology: architecture.topology, weightsManifest },
    { read },
    { name: architecture.name },
  )
}

function checkWeights({ name, weights: specs }: KerasArchitecture, weights: readonly KerasWeight[]): void {
  const shapes = new Map(weights.map((weight) => [weight.name, weight.shape.join()]))
  for (const { layer, weight, shape } of specs) {
    const found = shapes.get(`${layer}/${weight}`)
    if (found === shape.join()) continue
    const problem = found === undefined ? 'is missing' : `has the shape [${found.replaceAll(',', ', ')}]`
    throw new SaliencyError(
      'INVALID_MODEL',
      `${name}: the weight ${layer}/${weight} ${problem}, but [${shape.join(', ')}] is needed`,
    )
  }
}
