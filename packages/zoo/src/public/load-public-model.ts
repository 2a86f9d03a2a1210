import { withPreprocess, type ImportedModel, type Preprocess } from '@saliency/model-formats'
import { modelCachePath } from '../download/cache.ts'
import { download, type DownloadOptions } from '../download/download.ts'
import { assembleModel } from './assemble.ts'
import { PUBLIC_MODELS, type PublicModelName } from './catalogue.ts'
import { readKerasWeights } from './keras-weights.ts'
import { seededWeights } from './seeded-weights.ts'

/** A network with what it expects of an image. */
export interface PreparedModel {
  readonly model: ImportedModel
  readonly preprocess: Preprocess
}

/** How to get a public network's weights. */
export interface PublicModelOptions extends DownloadOptions {
  /** Folder for fetched files; default: the user's cache folder. */
  readonly cache?: string
}

/**
 * A public network with its published weights, which are fetched once and kept.
 * @throws DOWNLOAD if they cannot be fetched, INVALID_MODEL if the file does not fit
 */
export async function loadPublicModel(
  name: PublicModelName,
  { cache, ...options }: PublicModelOptions = {},
): Promise<PreparedModel> {
  const { architecture, weights, preprocess } = PUBLIC_MODELS[name]
  const path = await download(weights, modelCachePath(weights.url, cache), options)
  const description = architecture()
  const model = await assembleModel(description, await readKerasWeights(path, description))
  return { model: withPreprocess(model, preprocess), preprocess }
}

/** A public network's architecture with weights drawn from a seed: for tests and benchmarks, it knows nothing. */
export async function seededPublicModel(name: PublicModelName, seed: number): Promise<PreparedModel> {
  const { architecture, preprocess } = PUBLIC_MODELS[name]
  const description = architecture()
  const model = await assembleModel(description, seededWeights(description, seed))
  return { model: withPreprocess(model, preprocess), preprocess }
}
