import { readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FloatTensor, LoadedModel } from '@saliency/core'
import { backward, parseNpy, directionInput, tensor } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import sharp from 'sharp'
import type { ModelFiles } from '../src/index.ts'

/** Where the reference data lies; tests that need it are skipped where it is missing. */
export const referenceFolder: string =
  process.env['SALIENCY_REFERENCE'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
export const hasReference: boolean = existsSync(join(referenceFolder, 'models'))

/** The files of a folder. */
export function folder(path: string): ModelFiles {
  return { read: async (name) => new Uint8Array(await readFile(join(path, name))) }
}

/** A CIFAR-10 JPEG as ResNet-20 wants it: `[1, 3, 32, 32]`, scaled to [0, 1] and normalised. */
export async function cifarImage(
  path: string,
  mean: readonly number[] = [0.485, 0.456, 0.406],
  deviation: readonly number[] = [0.229, 0.224, 0.225],
): Promise<FloatTensor> {
  const pixels = await sharp(join(referenceFolder, 'images/cifar10-test', path))
    .removeAlpha()
    .raw()
    .toBuffer()
  const data = Float32Array.from({ length: 3 * 32 * 32 }, (_, index) => {
    const [channel, position] = [Math.floor(index / 1024), index % 1024]
    return ((pixels[position * 3 + channel] ?? 0) / 255 - (mean[channel] ?? 0)) / (deviation[channel] ?? 1)
  })
  return tensor(data, [1, 3, 32, 32])
}

const engine = openOnnxRuntime({ threads: 1 })

/** The logits `[n · k]` of an imported model on ONNX Runtime. */
export async function logitsOf({ model, weights }: LoadedModel, image: FloatTensor): Promise<Float32Array> {
  const session = await (await engine).open({ outputs: { logits: model.logits } }, weights)
  const { logits } = await session.run({ image })
  await session.dispose()
  return logits?.data as Float32Array
}

/** The largest absolute difference. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity
  return Array.from(a).reduce(
    (largest, value, index) => Math.max(largest, Math.abs(value - (b[index] as number))),
    0,
  )
}

/** Whether the small inputs that once failed are there, with their right answers. */
export const hasCases: boolean = existsSync(join(referenceFolder, 'cases', 'README.md'))

/** The path of a file of the cases. */
export function casePath(...path: readonly string[]): string {
  return join(referenceFolder, 'cases', ...path)
}

/** A `.npy` array of the cases as 32-bit floats. */
export async function caseArray(...path: readonly string[]): Promise<FloatTensor> {
  const file = casePath(...path)
  const { data, shape } = parseNpy(await readFile(file), file)
  return tensor(Float32Array.from(data), shape)
}

/** d logit[target] / d image of each image of a batch, `[n, c, h, w]`. */
export async function gradientOf(
  { model, weights }: LoadedModel,
  image: FloatTensor,
  target: number,
): Promise<Float32Array> {
  const gradient = backward({ from: model.logits, start: directionInput(model), until: model.image }).at(
    model.image,
  )
  const session = await (await engine).open({ outputs: { gradient } }, weights)
  const classes = Number(model.logits.shape[1])
  const [count = 1] = image.shape
  const seed = Float32Array.from({ length: count * classes }, (_, at) => Number(at % classes === target))
  const result = await session.run({ image, direction: tensor(seed, [count, classes]) })
  await session.dispose()
  return result['gradient']?.data as Float32Array
}

/** ‖a − b‖ / ‖b‖ */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const norm = (values: ArrayLike<number>) => Math.hypot(...Array.from(values))
  return norm(Array.from(a, (value, index) => value - (b[index] as number))) / norm(b)
}
