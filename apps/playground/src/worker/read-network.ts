import { assumedPreprocess, importModel, type Preprocess, withClasses } from '@saliency/model-formats'
import type { NetworkOrigin } from '../protocol.ts'
import { findBrought } from './brought.ts'
import { demoFiles } from './demo.ts'
import type { NetworkSource } from './network.ts'

/**
 * Reads a network as the command does: with the preprocessing beside it, or the most usual one, which is said to be guessed.
 * @param given instead of the preprocessing beside it
 */
export async function readNetwork(origin: NetworkOrigin, given?: Preprocess): Promise<NetworkSource> {
  const { name, path, files } = 'demo' in origin ? demoFiles(origin.demo) : await findBrought(origin.files)
  const imported = await importModel(path, files, { name, ...(given && { preprocess: given }) })
  const { model, classes } = withClasses(imported.model, imported.classes, path)
  return {
    model,
    weights: imported.weights,
    preprocess: imported.preprocess ?? assumedPreprocess(model, imported.input),
    isGuessed: imported.preprocess === undefined,
    classes: classes ?? [],
  }
}
