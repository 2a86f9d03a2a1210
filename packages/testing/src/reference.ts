import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tensor, type FloatTensor, type LoadedModel } from '@saliency/core'
import { importLayersModel, importOnnx } from '@saliency/model-formats'
import sharp from 'sharp'
import { stack } from './rows.ts'

/** Which of the two classes of each image a reference map explains. */
export type ReferenceTarget = 'label' | 'other'
/** The networks with reference maps, each with the files that hold it. */
export const referenceFiles = {
  'cifar10-resnet20': ['model.json', 'model.onnx'],
  'vit-tiny': ['model.onnx', 'model-opset24.onnx'],
} as const satisfies Readonly<Record<string, readonly string[]>>
/** A network with reference maps. */
export type ReferenceName = keyof typeof referenceFiles
/** A file that holds a reference network. */
export type ReferenceFile = (typeof referenceFiles)[ReferenceName][number]

/** Independently computed maps of a network on ten or twelve CIFAR-10 images. */
export interface Reference {
  /** `[n, 3, 32, 32]`, preprocessed. */
  readonly images: FloatTensor
  /** The class of each image for each target. */
  readonly targets: Readonly<Record<ReferenceTarget, readonly number[]>>
  /** `[n, 10]` */
  readonly logits: FloatTensor
  /**
   * The map of that name, `[n, c, h, w]`.
   * @throws Error naming target and map when there is none.
   */
  map(target: ReferenceTarget, name: string): FloatTensor
  /** The network as imported from one of its files. */
  model(file: ReferenceFile): Promise<LoadedModel>
}

interface Index {
  readonly images: readonly string[]
  readonly label: readonly number[]
  readonly other: readonly number[]
  readonly logits: readonly (readonly number[])[]
  readonly maps: Readonly<Record<string, { readonly shape: readonly number[]; readonly offset: number }>>
}
interface Preprocess {
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

/** Where the reference data lies: `SALIENCY_REFERENCE`, or `shared` beside the repository. */
export const referenceFolder: string =
  process.env['SALIENCY_REFERENCE'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url))

/** Whether the reference data is there; suites that need it are skipped, visibly, where it is not. */
export const hasReference: boolean = existsSync(
  join(referenceFolder, 'reference', 'cifar10-resnet20', 'index.json'),
)

const inFolder = (...path: readonly string[]) => join(referenceFolder, ...path)
const readJson = async <T>(path: string) => JSON.parse(await readFile(path, 'utf8')) as T

async function readImage(path: string, { mean, std }: Preprocess): Promise<FloatTensor> {
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const size = info.width * info.height
  const values = Float32Array.from({ length: 3 * size }, (_, index) => {
    const channel = Math.floor(index / size)
    return (Number(data[(index % size) * 3 + channel]) / 255 - Number(mean[channel])) / Number(std[channel])
  })
  return tensor(values, [1, 3, info.height, info.width])
}

async function importReference(name: ReferenceName, file: ReferenceFile): Promise<LoadedModel> {
  const folder = inFolder('models', name)
  const files = { read: async (name: string) => new Uint8Array(await readFile(join(folder, name))) }
  return file === 'model.json'
    ? importLayersModel(await readJson(join(folder, file)), files)
    : importOnnx(await files.read(file), files)
}

/**
 * Reads a network's reference maps (default ResNet-20's) with their images, decoded and normalised.
 * @throws Error of the file system (ENOENT) where the data is missing: ask {@link hasReference} first.
 */
export async function openReference(network: ReferenceName = 'cifar10-resnet20'): Promise<Reference> {
  const folder = inFolder('reference', network)
  const index = await readJson<Index>(join(folder, 'index.json'))
  const preprocess = await readJson<Preprocess>(inFolder('models', network, 'preprocess.json'))
  const images = index.images.map((path) => readImage(inFolder('images', 'cifar10-test', path), preprocess))
  const bytes = await readFile(join(folder, 'maps.f32'))
  return {
    images: stack(await Promise.all(images)),
    targets: { label: index.label, other: index.other },
    logits: tensor(Float32Array.from(index.logits.flat()), [
      index.logits.length,
      index.logits[0]?.length ?? 0,
    ]),
    map(target, name) {
      const entry = index.maps[`${target}/${name}`]
      if (!entry) throw new Error(`There is no reference map '${target}/${name}'.`)
      const size = entry.shape.reduce((product, dim) => product * dim, 1)
      // A copy, because the bytes need not lie at a multiple of four.
      const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset + entry.offset).slice(0, size * 4))
      return tensor(data, entry.shape)
    },
    model: (file) => importReference(network, file),
  }
}
