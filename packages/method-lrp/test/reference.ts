import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FloatTensor, tensor } from '@saliency/core'
import sharp from 'sharp'

/** Where the reference data lies; tests that need it are skipped where it is missing. */
export const referenceFolder: string =
  process.env['SALIENCY_REFERENCE'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
export const hasReference: boolean = existsSync(
  join(referenceFolder, 'reference/cifar10-resnet20/index.json'),
)
export const modelFolder: string = join(referenceFolder, 'models/cifar10-resnet20')

interface Index {
  readonly images: readonly string[]
  readonly label: readonly number[]
  readonly other: readonly number[]
  readonly maps: Readonly<Record<string, { shape: readonly number[]; offset: number }>>
}

const mean = [0.485, 0.456, 0.406]
const deviation = [0.229, 0.224, 0.225]
/** Black and white as ResNet-20 sees them, one value a channel. */
export const low: string = mean.map((value, channel) => -value / (deviation[channel] as number)).join(',')
export const high: string = mean
  .map((value, channel) => (1 - value) / (deviation[channel] as number))
  .join(',')

/** Maps that Zennit computed for ResNet-20 on ten images, and what they were computed from. */
export interface Reference {
  /** `[10, 3, 32, 32]`, normalised. */
  readonly images: FloatTensor
  readonly targets: Readonly<Record<'label' | 'other', readonly number[]>>
  map(name: string): Float32Array
}

export async function loadReference(): Promise<Reference> {
  const folder = join(referenceFolder, 'reference/cifar10-resnet20')
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Index
  const bytes = await readFile(join(folder, 'maps.f32'))
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  const data = new Float32Array(index.images.length * 3072)
  for (const [position, path] of index.images.entries()) {
    const pixels = await sharp(join(referenceFolder, 'images/cifar10-test', path))
      .removeAlpha()
      .raw()
      .toBuffer()
    for (let at = 0; at < 3072; at++) {
      const [channel, place] = [Math.floor(at / 1024), at % 1024]
      const value = (pixels[place * 3 + channel] as number) / 255
      data[position * 3072 + at] = (value - (mean[channel] as number)) / (deviation[channel] as number)
    }
  }
  return {
    images: tensor(data, [index.images.length, 3, 32, 32]),
    targets: { label: index.label, other: index.other },
    map(name) {
      const found = index.maps[name]
      if (!found) throw new Error(`internal: no reference map ${name}`)
      const size = found.shape.reduce((product, dim) => product * dim, 1)
      return all.subarray(found.offset / 4, found.offset / 4 + size)
    },
  }
}

/** How far each image's map is from the reference: relative L2 error, and the share of pixels within 1e-4 of its maximum. */
export function deviations(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  images: number,
): { l2: number; within: number }[] {
  const size = expected.length / images
  return Array.from({ length: images }, (_, image) => {
    let [difference, norm, largest] = [0, 0, 0]
    const errors: number[] = []
    for (let at = image * size; at < (image + 1) * size; at++) {
      const error = Math.abs((actual[at] as number) - (expected[at] as number))
      errors.push(error)
      difference += error ** 2
      norm += (expected[at] as number) ** 2
      largest = Math.max(largest, Math.abs(expected[at] as number))
    }
    const within = errors.filter((error) => error <= 1e-4 * largest).length / size
    return { l2: Math.sqrt(difference / norm), within }
  })
}
