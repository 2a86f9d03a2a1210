import { readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FloatTensor, LoadedModel } from '@saliency/core'
import { tensor } from '@saliency/core'
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
export async function cifarImage(path: string): Promise<FloatTensor> {
  const pixels = await sharp(join(referenceFolder, 'images/cifar10-test', path))
    .removeAlpha()
    .raw()
    .toBuffer()
  const [mean, deviation] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ]
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
