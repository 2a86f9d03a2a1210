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

  test('has its attentions and MLPs for blocks, and is drawn anew as a transformer', async () => {
    const bytes = await readFile(join(referenceFolder, 'models/vit-tiny', file))
    const { model } = await importOnnx(new Uint8Array(bytes))
    const pairs = Array.from({ length: 6 }, (_, at) => [`blocks.${at}.attn`, `blocks.${at}.mlp`]).flat()
    expect(model.blocks.map(({ name }) => name)).toEqual([
      'patch_embed.proj',
      'prefix-tokens',
      'positions',
      ...pairs,
      'head',
    ])
    const drawn = model.layers.flatMap(({ parameters }) => parameters)
    const by = (name: string | undefined) => drawn.filter(({ initializer }) => initializer?.name === name)
    // Per block qkv, proj, fc1, fc2; the head; class token and positions.
    expect(by('truncated-normal')).toHaveLength(6 * 4 + 1 + 2)
    expect(by('zeros')).toHaveLength(6 * (4 + 2) + 1 + 1)
    expect(by('ones')).toHaveLength(6 * 2 + 1)
    // The patches' convolution as PyTorch draws it.
    expect([by('variance-scaling').length, by('uniform').length, by(undefined).length]).toEqual([1, 1, 0])
  })
})
