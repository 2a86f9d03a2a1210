import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseNpy, tensor, type FloatTensor } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { importKerasArchive, importKerasHdf5, importLayersModel, type ImportedModel } from '../src/index.ts'
import { casePath, folder, hasCases, largestDifference, logitsOf } from './reference.ts'

function array(path: string): FloatTensor {
  const { data, shape } = parseNpy(readFileSync(path), path)
  return tensor(Float32Array.from(data), shape)
}

function load(path: string): Promise<ImportedModel> {
  const bytes = new Uint8Array(readFileSync(path))
  if (path.endsWith('.h5')) return importKerasHdf5(bytes)
  if (path.endsWith('.keras')) return importKerasArchive(bytes)
  return importLayersModel(JSON.parse(new TextDecoder().decode(bytes)), folder(dirname(path)))
}

/**
 * Logits of Keras 3.15.1 (TensorFlow backend) and tf-keras 2.21. Those of keras-normalization-count are what Keras itself
 * says of the files; its README gives others.
 */
const cases: [file: string, logits: number[]][] = [
  ['keras3-arithmetic-constant-dropped/model.keras', [0.13439, 0.057426, 0.54139, 0.093954, -0.19026]],
  [
    'keras3-arithmetic-constant-dropped/max-add/model.keras',
    [-0.18985, 0.087159, -0.06135, -0.27033, -0.31047],
  ],
  ['keras3-call-by-keyword/model.keras', [0.31665, -0.53559, -1.2667, -0.5255, 0.66619]],
  ['keras3-depthwise-kernel-h5/model.h5', [0.75646, -0.20368, -0.29186, 0.22122, 0.020489]],
  ['keras-normalization-count/model.keras', [0.40386, 0.363923, -0.235563, -0.424263, -0.592105]],
  ['keras-normalization-count/model.h5', [0.40386, 0.363923, -0.235563, -0.424263, -0.592105]],
  ['keras-normalization-count/keras2/model.h5', [0.65614, 0.66113, -0.55458, -0.66901, 0.57419]],
]

const softmax = (logits: Float32Array) => {
  const powers = Array.from(logits, Math.exp)
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

describe.skipIf(!hasCases)('Keras files that were refused or misread', () => {
  test.each(cases)('%s', async (file, logits) => {
    const path = casePath('bugs', file)
    const image = array(`${dirname(path)}/x.npy`)
    expect(largestDifference(await logitsOf(await load(path), image), logits)).toBeLessThan(6e-5)
  })

  test('keras3-depthwise-kernel-h5 as TensorFlow.js layers', async () => {
    const path = casePath('bugs/keras3-depthwise-kernel-h5')
    const logits = await logitsOf(await load(`${path}/tfjs/model.json`), array(`${path}/tfjs/x.npy`))
    const expected = [0.35704, 0.28751, 0.20188, 0.063104, 0.090456]
    expect(largestDifference(softmax(logits), expected)).toBeLessThan(6e-5)
  })

  test('the state of an optimizer is not read', async () => {
    const path = casePath('models/keras3-optimizer-state')
    const { data } = array(`${path}/image-nhwc.npy`)
    const image = tensor(
      Float32Array.from({ length: 768 }, (_, at) => data[(at % 256) * 3 + Math.floor(at / 256)] as number),
      [1, 3, 16, 16],
    )
    const expected = JSON.parse(readFileSync(`${path}/expected.json`, 'utf8')) as { scores: number[] }
    for (const file of ['trained.keras', 'trained-tensorflow-backend.keras']) {
      const { model, weights } = await load(`${path}/${file}`)
      const logits = await logitsOf({ model, weights }, image)
      const scores = model.head === 'softmax' ? softmax(logits) : logits
      expect(largestDifference(scores, expected.scores), file).toBeLessThan(6e-5)
    }
  })
})
