import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { importLayersModel } from '@saliency/model-formats'
import { describe, expect, it } from 'vitest'
import { DEMO_MODELS, demoModelFolder, readPreprocess, SHAPE_CLASSES } from '../src/index.ts'

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

it('suggests the nearest name', () => {
  expect(() => demoModelFolder('residual-permutd')).toThrowError(/did you mean "residual-permuted"/)
})
