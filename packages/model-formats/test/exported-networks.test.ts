import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tensor, type FloatTensor } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import type { ImportedModel } from '../src/index.ts'
import { loadModel } from '../src/node.ts'
import {
  caseArray,
  casePath,
  gradientOf,
  hasCases,
  largestDifference,
  logitsOf,
  relativeDistance,
} from './reference.ts'

/** Networks exported by torch's two exporters, each with a batch of 1 and with an open one. */
const networks = [
  'attention-plain',
  'dynamo-as-strided-gather',
  'group-norm',
  'mobilevit-unfold',
  'multihead-attention',
  'sincos-position',
  'swin-window',
  'vit-class-token',
  'weight-standardisation',
]

interface Expected {
  readonly logits: readonly number[]
  readonly class: number
}

/** Another image behind the first: neither may change what is worked out for the other. */
function besideAnother(image: FloatTensor): { pair: FloatTensor; other: FloatTensor } {
  const data = image.data.map((value, index) => 0.5 - value * (1 + (index % 3)))
  return {
    other: tensor(data, image.shape),
    pair: tensor(Float32Array.of(...image.data, ...data), [2, ...image.shape.slice(1)]),
  }
}

async function checkImagesApart(imported: ImportedModel, image: FloatTensor, target: number): Promise<void> {
  const { pair, other } = besideAnother(image)
  const [first, second] = [await logitsOf(imported, image), await logitsOf(imported, other)]
  expect(largestDifference(await logitsOf(imported, pair), [...first, ...second])).toBeLessThan(1e-5)
  const gradients = [await gradientOf(imported, image, target), await gradientOf(imported, other, target)]
  const both = await gradientOf(imported, pair, target)
  expect(
    relativeDistance(both, [...(gradients[0] as Float32Array), ...(gradients[1] as Float32Array)]),
  ).toBeLessThan(1e-5)
}

describe.skipIf(!hasCases)('networks as torch exports them', () => {
  describe.each(networks)('%s', (network) => {
    const files = hasCases
      ? readdirSync(casePath('models', network)).filter((name) => name.endsWith('.onnx'))
      : []

    test.each(files)('%s: logits and gradient are torch’s, and images stay apart', async (file) => {
      const { logits, class: target } = JSON.parse(
        await readFile(casePath('models', network, 'expected.json'), 'utf8'),
      ) as Expected
      const image = await caseArray('models', network, 'image-nchw.npy')
      const expected = await caseArray('models', network, 'gradient.npy')
      const imported = await loadModel(casePath('models', network, file))
      expect(relativeDistance(await logitsOf(imported, image), logits)).toBeLessThan(1e-4)
      expect(relativeDistance(await gradientOf(imported, image, target), expected.data)).toBeLessThan(1e-4)
      await checkImagesApart(imported, image, target)
    })
  })

  test.each([
    ['onnx-vit-class-token/dynamic', [-1.9506, 0.35828, -2.102, 0.95981, -2.3054, 2.0084, 1.8249]],
    ['onnx-vit-class-token/fixed', [-1.9506, 0.35828, -2.102, 0.95981, -2.3054, 2.0084, 1.8249]],
    ['onnx-vit-class-token/zeros-like', [0.23985, -0.093272, 0.0042122, -0.061648, 0.2259]],
    ['onnx-weight-standardisation', [1.7702, -0.012002, -1.532, -0.75286]],
    ['onnx-fixed-batch-of-one/squeeze', [-0.29229, 1.1708, -0.33474, -0.29679, -0.17321]],
    [
      'onnx-fixed-batch-of-one/attention',
      [0.1981, 0.10547, 0.012968, 0.046058, -0.20307, -0.018559, 0.20902],
    ],
  ])('%s: the logits are those of its README', async (folder, logits) => {
    const image = await caseArray('bugs', folder, 'x.npy')
    const imported = await loadModel(casePath('bugs', folder, 'model.onnx'))
    expect(relativeDistance(await logitsOf(imported, image), logits)).toBeLessThan(1e-4)
    await checkImagesApart(imported, image, 1)
  })
})
