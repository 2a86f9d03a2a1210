import { counted, SaliencyError, plainText } from '@saliency/core'
import { detectFormat } from './detect-format.ts'
import type { ImportedModel } from './imported-model.ts'
import type { ImportSettings } from './import-settings.ts'
import { importKerasArchive } from './keras/import-archive.ts'
import { importKerasHdf5 } from './keras/import-hdf5.ts'
import type { ModelFiles } from './model-files.ts'
import { importOnnx } from './onnx/import-onnx.ts'
import { channelCount, pixelRangeOf, readPreprocessText, type Preprocess } from './preprocess.ts'
import { readTeachableMachine } from './teachable-machine.ts'
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

/** Whether a file is not there, as opposed to one that is there and cannot be read. */
function isAbsent(error: unknown): boolean {
  if (!SaliencyError.is(error, 'FILE')) return false
  const { code = 'ENOENT' } = (error.cause ?? {}) as { readonly code?: string }
  return code === 'ENOENT'
}

/** The bytes of a file that need not be there. */
async function readIfThere(files: ModelFiles, name: string): Promise<Uint8Array | undefined> {
  return files.read(name).catch((error: unknown) => {
    if (isAbsent(error)) return undefined
    throw error
  })
}

/**
 * `cat.preprocess.json` beside `cat.onnx`, or `preprocess.json`, or what Teachable Machine writes: whoever feeds a model
 * without any must warn.
 */
async function preprocessBeside(path: string, files: ModelFiles): Promise<Preprocess | undefined> {
  for (const name of [`${stem(path)}.preprocess.json`, 'preprocess.json']) {
    const bytes = await readIfThere(files, name)
    if (bytes !== undefined) return readPreprocessText(bytes, name)
  }
  const metadata = path === 'model.json' ? await readIfThere(files, 'metadata.json') : undefined
  return metadata && readTeachableMachine(metadata)
}

function assertFits({ model }: ImportedModel, { input }: Preprocess): void {
  const [, channels, height, width] = model.image.shape
  const wanted = channelCount(input.channels)
  if (channels === wanted && height === input.height && width === input.width) return
  throw new SaliencyError(
    'INVALID_CONFIG',
    `The preprocessing describes images of ${input.height}×${input.width} with ${counted(wanted, 'channel')}, but ${model.name} takes ${height}×${width} with ${channels}: correct it.`,
  )
}

/** A size can be chosen only where the file leaves it open. */
function assertSize({ model }: ImportedModel, [height, width]: readonly [number, number]): void {
  const [, , rows, columns] = model.image.shape
  if (rows === height && columns === width) return
  throw new SaliencyError(
    'INVALID_CONFIG',
    `The size ${height}×${width} was asked for, but the file of ${model.name} fixes ${rows}×${columns}: leave the size out, or export the model with open height and width.`,
  )
}

/** A preprocessing for images of another size, where one is chosen. */
function sized(preprocess: Preprocess, size: ImportSettings['imageSize']): Preprocess {
  if (!size) return preprocess
  const [height, width] = size
  return { ...preprocess, input: { ...preprocess.input, height, width } }
}

/** What a preprocessing says of sizes that a file may leave open. */
function opened({ input }: Preprocess): Pick<ImportSettings, 'imageSize' | 'imageChannels'> {
  return { imageSize: [input.height, input.width], imageChannels: channelCount(input.channels) }
}

/**
 * Imports the model in the file `path`, whose format is told by its content, and the `preprocess.json` beside it.
 * @throws FILE, INVALID_MODEL or UNSUPPORTED_MODEL as the importers do, each naming the file; INVALID_CONFIG for a
 * preprocessing that is wrong or does not fit the model.
 */
export async function importModel(
  path: string,
  files: ModelFiles,
  settings: ImportSettings = {},
): Promise<ImportedModel> {
  const bytes = await files.read(path)
  const described = settings.preprocess ?? (await preprocessBeside(path, files))
  const preprocess = described && sized(described, settings.imageSize)
  const imported = await withPath(path, async () => {
    const open = preprocess && opened(preprocess)
    const found = await importDetected(bytes, path, files, { name: stem(path), ...open, ...settings })
    if (settings.imageSize) assertSize(found, settings.imageSize)
    if (preprocess) assertFits(found, preprocess)
    return found
  })
  return preprocess ? withPreprocess(imported, preprocess) : imported
}

/** A model with what its images are like: the values of black and white, and the names of its classes. */
export function withPreprocess(imported: ImportedModel, preprocess: Preprocess): ImportedModel {
  const pixelRange = pixelRangeOf(preprocess, imported.input.channels)
  return {
    ...imported,
    preprocess,
    model: { ...imported.model, pixelRange },
    ...(preprocess.classes && { classes: preprocess.classes }),
  }
}

/** Puts the file's name in front of messages about it. */
async function withPath<T>(path: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    if (!SaliencyError.is(error)) throw error
    // What cannot be imported is a list; anything else is one line, whatever the names in a file hold.
    const lines = error.code === 'UNSUPPORTED_MODEL' ? error.message.split('\n') : [error.message]
    const message = lines.map(plainText).join('\n')
    const named = message.startsWith(path) ? message : `${path}: ${message}`
    throw new SaliencyError(error.code, named, { cause: error })
  }
}
