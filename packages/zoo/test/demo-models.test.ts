import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { tensor } from '@saliency/core'
import { importLayersModel } from '@saliency/model-formats'
import { describe, expect, it } from 'vitest'
import { readPreprocess } from '@saliency/model-formats/node'
import { DEMO_MODELS, demoModelFolder, SHAPE_CLASSES, shapeImages } from '../src/index.ts'
import { logitsOf } from './source-runtime.ts'

describe.each(DEMO_MODELS)('the demo network %s', (name) => {
  const folder = demoModelFolder(name)
  const json = async (file: string) => JSON.parse(await readFile(join(folder, file), 'utf8'))

  it('is small, complete and readable', async () => {
    const sizes = await Promise.all(['model.json', 'weights.bin'].map((file) => stat(join(folder, file))))
    expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(1.5e6)
    const preprocess = await readPreprocess(join(folder, 'preprocess.json'))
    expect(preprocess.classes).toEqual(SHAPE_CLASSES)
    const imported = await importLayersModel(await json('model.json'), {
      read: (path) => readFile(join(folder, path)),
    })
    expect(imported.model.logits.shape.at(-1)).toBe(8)
    expect(imported.model.head).toBe('softmax')
  })

  it('reached what it is for', async () => {
    const { accuracies, labels } = await json('training.json')
    if (labels === 'true') {
      expect(accuracies.unseenSingle).toBeGreaterThanOrEqual(0.97)
      expect(accuracies.unseenPairBothInTopTwo).toBeGreaterThanOrEqual(0.9)
    } else {
      expect(accuracies.permutedTrainingLabels).toBeGreaterThanOrEqual(0.95)
      expect(accuracies.unseenTrueLabels).toBeLessThan(0.3)
    }
  })
})

/** Share of images of a seed used nowhere else whose classes are the network's top ones. */
async function measuredAccuracy(name: string, objects: 1 | 2, count: number): Promise<number> {
  const folder = demoModelFolder(name)
  const preprocess = await readPreprocess(join(folder, 'preprocess.json'))
  const imported = await importLayersModel(JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')), {
    read: (path) => readFile(join(folder, path)),
  })
  const set = shapeImages({ seed: 90_210, count, objects })
  const batch = new Float32Array(count * 3 * 64 * 64)
  for (let index = 0; index < count; index++) {
    const { input } = await set.load(index, preprocess)
    batch.set(input.data, index * input.data.length)
  }
  const logits = await logitsOf(imported, tensor(batch, [count, 3, 64, 64]))
  const isRight = (labels: readonly number[], index: number) => {
    const scores = logits.slice(index * 8, index * 8 + 8)
    const top = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, labels.length)
    return labels.every((label) => top.includes(label))
  }
  return set.images.filter(({ labels }, index) => isRight(labels!, index)).length / count
}

describe.each(['residual', 'vgg'])('the demo network %s, run here', (name) => {
  it('recognises at least 97 % of unseen objects', async () => {
    expect(await measuredAccuracy(name, 1, 160)).toBeGreaterThanOrEqual(0.97)
  })

  it('has both classes of a pair among its top two in at least 90 % of unseen scenes', async () => {
    expect(await measuredAccuracy(name, 2, 96)).toBeGreaterThanOrEqual(0.9)
  })
})

it('suggests the nearest name', () => {
  expect(() => demoModelFolder('residual-permutd')).toThrowError(/Did you mean 'residual-permuted'/)
})
