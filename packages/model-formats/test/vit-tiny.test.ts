import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importOnnx } from '../src/index.ts'
import {
  cifarImage,
  gradientOf,
  hasReference,
  largestDifference,
  logitsOf,
  referenceFolder,
  relativeDistance,
} from './reference.ts'

interface Index {
  readonly images: readonly string[]
  readonly label: readonly number[]
  readonly logits: readonly (readonly number[])[]
  readonly maps: Readonly<Record<string, { readonly shape: readonly number[]; readonly offset: number }>>
}

const preprocess = [
  [0.4914, 0.4822, 0.4465],
  [0.247, 0.2435, 0.2616],
] as const
const folder = join(referenceFolder, 'reference/vit-tiny')

/** Attention as matrix products and a softmax, and as one operator. */
describe.skipIf(!hasReference).each(['model.onnx', 'model-opset24.onnx'])('%s', (file) => {
  test('has the logits and the gradients of the reference', async () => {
    const bytes = await readFile(join(referenceFolder, 'models/vit-tiny', file))
    const imported = await importOnnx(new Uint8Array(bytes))
    const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as Index
    const maps = await readFile(join(folder, 'maps.f32'))
    const { shape, offset } = index.maps['label/gradient']!
    const size = shape.slice(1).reduce((product, dim) => product * dim, 1)
    for (const at of [0, 5, 11]) {
      const image = await cifarImage(index.images[at]!, ...preprocess)
      expect(largestDifference(await logitsOf(imported, image), index.logits[at]!)).toBeLessThan(1e-4)
      const expected = Array.from({ length: size }, (_, item) =>
        maps.readFloatLE(offset + 4 * (at * size + item)),
      )
      const gradient = await gradientOf(imported, image, index.label[at]!)
      expect(relativeDistance(gradient, expected)).toBeLessThan(1e-5)
    }
  })
})
