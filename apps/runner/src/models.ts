import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import {
  asTwoClasses,
  isOneLogit,
  type LoadedModel,
  type Model,
  nearest,
  SaliencyError,
} from '@saliency/core'
import { parsePreprocess, type Preprocess } from '@saliency/model-formats'
import { loadModel as importModel, readPreprocess } from '@saliency/model-formats/node'
import {
  DEMO_MODELS,
  demoModelFolder,
  isDemoModel,
  isPublicModel,
  loadPublicModel,
  PUBLIC_MODELS,
} from '@saliency/zoo'

/** A model with everything needed to feed it images. */
export interface RunnerModel extends LoadedModel {
  readonly preprocess: Preprocess
  readonly classes?: readonly string[]
  /** What the user must know before trusting a result, for instance that no preprocessing was found. */
  readonly warnings: readonly string[]
  readonly path: string
}

/** What a model's file does not say. */
export interface LoadModelSettings {
  /** Instead of the `preprocess.json` beside the model: its path, or its content. */
  readonly preprocess?: unknown
  /** The folder that relative paths start from; default: the working directory. */
  readonly root?: string
}

/** Beside the file, in the folder, or named after the file. */
function preprocessFile(path: string): string | undefined {
  const folder = existsSync(path) && statSync(path).isDirectory() ? path : dirname(path)
  return [`${path.replace(/\.[^./\\]+$/, '')}.preprocess.json`, join(folder, 'preprocess.json')].find(
    (file) => existsSync(file),
  )
}

function guessed(model: Model): Preprocess {
  const [, channels, height, width] = model.image.shape
  return parsePreprocess({
    input: { height, width, channels: channels === 1 ? 'grey' : 'RGB', range: [0, 1] },
  })
}

/** What a black and a white pixel become, per channel: rules with bounds of the input read it. */
function withPixelRange(model: Model, { input, mean, std }: Preprocess): Model {
  const bound = (pixel: number) => mean.map((value, channel) => (pixel - value) / (std[channel] ?? 1))
  return { ...model, pixelRange: { low: bound(input.range[0]), high: bound(input.range[1]) } }
}

function checkSize(model: Model, { input }: Preprocess, where: string): void {
  const [, channels, height, width] = model.image.shape
  const wanted = input.channels === 'grey' ? 1 : 3
  if (channels === wanted && height === input.height && width === input.width) return
  throw new SaliencyError(
    'INVALID_CONFIG',
    `${where} describes images of ${input.height}×${input.width} with ${wanted} channel(s), but ${model.name} takes ${height}×${width} with ${channels}: correct it.`,
  )
}

async function preprocessOf(
  model: Model,
  path: string,
  given: unknown,
  root: string,
): Promise<{ preprocess: Preprocess; warnings: string[] }> {
  const file =
    typeof given === 'string' ? resolve(root, given) : given === undefined ? preprocessFile(path) : undefined
  if (file === undefined && given === undefined) {
    const { height, width, channels } = guessed(model).input
    const warning = `NO PREPROCESSING FOUND for ${path}: images are scaled to ${height}×${width} ${channels} in [0, 1], without mean and standard deviation. If the model was trained otherwise, predictions and maps are wrong. Write a preprocess.json beside the model, or preprocess in the config.`
    return { preprocess: guessed(model), warnings: [warning] }
  }
  const preprocess =
    file === undefined ? parsePreprocess(given, 'preprocess in the config') : await readPreprocess(file)
  checkSize(model, preprocess, file ?? 'preprocess in the config')
  return { preprocess, warnings: [] }
}

function modelPath(source: string, root: string): string {
  const path = resolve(root, source)
  if (existsSync(path)) return path
  if (isDemoModel(source)) return demoModelFolder(source)
  const names = [...DEMO_MODELS, ...Object.keys(PUBLIC_MODELS)]
  const near = nearest(source, names)
  throw new SaliencyError(
    'FILE',
    `${path} does not exist.${near === undefined ? '' : ` Did you mean '${near}'?`} Give a model file or folder, or one of ${names.join(', ')}.`,
  )
}

/**
 * A model with its class names. Two names make a single logit a classifier of two classes, where the file ends before the
 * sigmoid; one name is that of class 1 of such a classifier.
 */
function withClasses(
  imported: Model,
  given: readonly string[] | undefined,
  path: string,
): { model: Model; classes?: readonly string[] } {
  if (!given) return { model: imported }
  const model = given.length === 2 ? asTwoClasses(imported) : imported
  const count = Number(model.logits.shape[1])
  const [only] = given
  const classes = given.length === 1 && isOneLogit(model) && count === 2 ? [`not ${only}`, `${only}`] : given
  if (classes.length === count) return { model, classes }
  throw new SaliencyError(
    'INVALID_CONFIG',
    `The preprocessing of ${path} names ${given.length} classes, but the model has ${count}: correct it.`,
  )
}

/**
 * Loads a model: a file or folder (ONNX, TensorFlow.js, Keras), a demo network (`residual`), or a public one (`vgg16`).
 * Its preprocessing is read from the `preprocess.json` beside it.
 * @throws FILE, INVALID_MODEL, UNSUPPORTED_MODEL; INVALID_CONFIG if the preprocessing does not fit; DOWNLOAD
 */
export async function loadModel(
  source: string,
  { preprocess: given, root = '.' }: LoadModelSettings = {},
): Promise<RunnerModel> {
  if (isPublicModel(source) && !existsSync(resolve(root, source))) {
    const { model, preprocess } = await loadPublicModel(source)
    return {
      ...model,
      preprocess,
      warnings: [],
      path: source,
      ...(preprocess.classes && { classes: preprocess.classes }),
    }
  }
  const path = modelPath(source, root)
  const imported = await importModel(path)
  const { preprocess, warnings } = await preprocessOf(imported.model, path, given, root)
  const { model, classes } = withClasses(imported.model, preprocess.classes ?? imported.classes, path)
  return {
    // A range that was only guessed is none.
    model: warnings.length > 0 ? model : withPixelRange(model, preprocess),
    weights: imported.weights,
    preprocess,
    warnings,
    path,
    ...(classes && { classes }),
  }
}
