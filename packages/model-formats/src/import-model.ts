import { SaliencyError } from '@saliency/core'
import { detectFormat } from './detect-format.ts'
import type { ImportedModel } from './imported-model.ts'
import type { ImportSettings } from './import-settings.ts'
import { importKerasArchive } from './keras/import-archive.ts'
import { importKerasHdf5 } from './keras/import-hdf5.ts'
import type { ModelFiles } from './model-files.ts'
import { importOnnx } from './onnx/import-onnx.ts'
import { parsePreprocess, pixelRangeOf, type Preprocess } from './preprocess.ts'
import { importGraphModel } from './tfjs/import-graph-model.ts'
import { importLayersModel } from './tfjs/import-layers-model.ts'

/** The name of a file without its folder and ending. */
function stem(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.[^.]+$/, '')
}

function importDetected(
  bytes: Uint8Array,
  path: string,
  files: ModelFiles,
  settings: ImportSettings,
): Promise<ImportedModel> {
  const detected = detectFormat(bytes, path)
  switch (detected.format) {
    case 'onnx':
      return importOnnx(bytes, files, settings)
    case 'tfjs-layers':
      return importLayersModel(detected.json, files, settings)
    case 'tfjs-graph':
      return importGraphModel(detected.json, files, settings)
    case 'keras-h5':
      return importKerasHdf5(bytes, settings)
    case 'keras-v3':
      return importKerasArchive(bytes, settings)
  }
}

async function preprocessBeside(files: ModelFiles): Promise<Preprocess | undefined> {
  let bytes: Uint8Array
  try {
    bytes = await files.read('preprocess.json')
  } catch (error) {
    // A model without one is loaded; whoever feeds it images must warn.
    if (SaliencyError.is(error, 'FILE')) return undefined
    throw error
  }
  let content: unknown
  try {
    content = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new SaliencyError('INVALID_CONFIG', 'preprocess.json is not JSON.', { cause })
  }
  return parsePreprocess(content)
}

/**
 * Imports the model in the file `path`, whose format is told by its content, and the `preprocess.json` beside it.
 * @throws FILE, INVALID_MODEL or UNSUPPORTED_MODEL as the importers do, each naming the file; INVALID_CONFIG for a wrong
 * preprocess.json.
 */
export async function importModel(
  path: string,
  files: ModelFiles,
  settings: ImportSettings = {},
): Promise<ImportedModel> {
  const bytes = await files.read(path)
  const preprocess = await preprocessBeside(files)
  const sizes = preprocess && { imageSize: [preprocess.input.height, preprocess.input.width] as const }
  const imported = await withPath(path, () =>
    importDetected(bytes, path, files, { name: stem(path), ...sizes, ...settings }),
  )
  return {
    ...imported,
    ...(preprocess && {
      preprocess,
      model: { ...imported.model, pixelRange: pixelRangeOf(preprocess, imported.input.channels) },
    }),
    ...(preprocess?.classes && { classes: preprocess.classes }),
  }
}

/** Puts the file's name in front of messages about it. */
async function withPath<T>(path: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    if (!SaliencyError.is(error) || error.message.startsWith(path)) throw error
    throw new SaliencyError(error.code, `${path}: ${error.message}`, { cause: error })
  }
}
