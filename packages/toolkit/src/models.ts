import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type FloatTensor, type Model, nearest, SaliencyError, spellings } from '@saliency/core'
import {
  assumedPreprocess,
  type ImportedModel,
  parsePreprocess,
  type Preprocess,
  withClasses,
  withPreprocess,
} from '@saliency/model-formats'
import { loadModel as importModel, readPreprocess } from '@saliency/model-formats/node'
import { readRegion } from '@saliency/images/node'
import type { StudyModel } from '@saliency/study'
import {
  DEMO_MODELS,
  demoModelFolder,
  isDemoModel,
  isPublicModel,
  loadPublicModel,
  PUBLIC_MODELS,
  type PublicModelName,
} from '@saliency/zoo'

/** A model with everything needed to feed it images. */
export interface RunnerModel extends StudyModel {
  /** What the user must know before trusting a result, for instance that no preprocessing was found. */
  readonly warnings: readonly string[]
  readonly path: string
  /** Whether nothing said how the model wants its images, so that the most usual way was taken. */
  readonly assumed: boolean
  /** How the file wants its images: absent for models that are put together here. */
  readonly input?: ImportedModel['input']
  readonly format?: ImportedModel['format']
  /** `[h, w]`, where classes are summed over a region. */
  readonly targetRegion?: FloatTensor
}

/** What a model's file does not say. */
export interface LoadModelSettings {
  /** Instead of the `preprocess.json` beside the model: its path, or its content. */
  readonly preprocess?: unknown
  /** The output that holds the class scores, where the model has several. */
  readonly output?: string
  /** `[height, width]` of the images, where the file leaves them open. */
  readonly size?: readonly [height: number, width: number]
  /** A picture or `.npy` mask of the region whose classes are explained, of a model that scores every pixel. */
  readonly targetRegion?: string
  /** The folder that relative paths start from; default: the working directory. */
  readonly root?: string
}

/** The preprocessing that was named, by a file or by its content. */
async function givenPreprocess(given: unknown, root: string): Promise<Preprocess | undefined> {
  if (given === undefined) return undefined
  return typeof given === 'string'
    ? readPreprocess(resolve(root, given))
    : parsePreprocess(given, 'preprocess in the config')
}

function guessWarning(path: string, { input: { height, width, channels, range } }: Preprocess): string {
  const what =
    typeof channels === 'number'
      ? `arrays of ${channels} channels are scaled to ${height}×${width}, floats as they are and whole numbers to [${range.join(', ')}]`
      : `images are scaled to ${height}×${width} ${channels} in [${range.join(', ')}]`
  return `NO PREPROCESSING FOUND for ${path}: ${what}, without mean and standard deviation. If the model was trained otherwise, predictions and maps are wrong. Write a preprocess.json beside the model (\`saliency init\` looks for the right one), or preprocess in the config.`
}

/** What is said of a model that holds for one image alone. */
function batchWarnings({ graph, name }: Model): readonly string[] {
  if (graph.batch === undefined) return []
  return [
    `${name} gives an image's scores in a batch of one alone, since its file folds the batch into other axes or mixes the images of a batch: images are run one by one, which takes longer.`,
  ]
}

/** Whether a name stands for a network that comes with the command or is fetched. @throws INVALID_OPTION beside a file of that name */
function isBuiltIn(source: string, root: string): boolean {
  const isName = isDemoModel(source) || isPublicModel(source)
  if (isName && existsSync(resolve(root, source)))
    throw new SaliencyError(
      'INVALID_OPTION',
      `model '${source}': there is a built-in network of this name, and a file or folder, ${resolve(root, source)}. Write ./${source} for the latter; for the network, rename it or start from another folder.`,
    )
  return isName
}

function modelPath(source: string, root: string): string {
  const path = resolve(root, source)
  if (isBuiltIn(source, root) && isDemoModel(source)) return demoModelFolder(source)
  if (spellings(path).some((one) => existsSync(one))) return path
  const names = [...DEMO_MODELS, ...Object.keys(PUBLIC_MODELS)]
  const near = nearest(source, names)
  throw new SaliencyError(
    'FILE',
    `${path} does not exist.${near === undefined ? '' : ` Did you mean '${near}'?`} Give a model file or folder, or one of ${names.join(', ')}.`,
  )
}

async function importPublic(
  name: PublicModelName,
  preprocess: Preprocess | undefined,
): Promise<ImportedModel> {
  const { model } = await loadPublicModel(name)
  return preprocess ? withPreprocess(model, preprocess) : model
}

/**
 * Loads a model: a file or folder (ONNX, TensorFlow.js, Keras), a demo network (`residual`), or a public one (`vgg16`).
 * Its preprocessing is read from the `preprocess.json` beside it.
 * @throws FILE, INVALID_MODEL, UNSUPPORTED_MODEL; INVALID_CONFIG if the preprocessing does not fit; DOWNLOAD
 */
export async function loadModel(
  source: string,
  { preprocess: given, output, size, targetRegion: mask, root = '.' }: LoadModelSettings = {},
): Promise<RunnerModel> {
  const own = await givenPreprocess(given, root)
  const targetRegion = mask === undefined ? undefined : await readRegion(resolve(root, mask))
  const isPublic = isPublicModel(source) && isBuiltIn(source, root)
  const path = isPublic ? source : modelPath(source, root)
  const imported = isPublic
    ? await importPublic(source, own)
    : await importModel(path, {
        ...(own && { preprocess: own }),
        ...(output !== undefined && { output }),
        ...(size && { imageSize: size }),
        ...(targetRegion && { targetRegion }),
      })
  const { weights, preprocess, input, format } = imported
  const { model, classes } = withClasses(imported.model, imported.classes, path)
  const assumed = preprocess ?? assumedPreprocess(model, input)
  return {
    model,
    weights,
    preprocess: assumed,
    warnings: [...(preprocess ? [] : [guessWarning(path, assumed)]), ...batchWarnings(model)],
    path,
    assumed: preprocess === undefined,
    input,
    format,
    ...(targetRegion && { targetRegion }),
    ...(output !== undefined && { output }),
    ...(classes && { classes }),
  }
}
