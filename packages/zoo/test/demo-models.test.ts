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

/** What `training.json` says, give or take what so few images leave open: three standard deviations, and one image. */
function expectNear(measured: number, said: number, count: number): void {
  expect(Math.abs(measured - said)).toBeLessThanOrEqual(
    3 * Math.sqrt((said * (1 - said)) / count) + 1 / count,
  )
}

describe.each(DEMO_MODELS)('training.json of %s is true of the network', (name) => {
  const said = async () =>
    JSON.parse(await readFile(join(demoModelFolder(name), 'training.json'), 'utf8')) as {
      parameters: number
      accuracies: Readonly<Record<string, number>>
    }

  it('which has so many parameters', async () => {
    const { size } = await stat(join(demoModelFolder(name), 'weights.bin'))
    expect((await said()).parameters).toBe(size / 4)
  })

  it('which recognises so many unseen objects', async () => {
    const { accuracies } = await said()
    const measured = await measuredAccuracy(name, 1, 160)
    expectNear(measured, accuracies['unseenSingle'] ?? accuracies['unseenTrueLabels'] ?? Number.NaN, 160)
    if (name.endsWith('-permuted')) expect(measured).toBeLessThan(0.3)
    else expect(measured).toBeGreaterThanOrEqual(0.97)
  })

  if (name.endsWith('-permuted')) return
  it('which has both of a pair among its top two so often', async () => {
    const measured = await measuredAccuracy(name, 2, 96)
    expectNear(measured, (await said()).accuracies['unseenPairBothInTopTwo'] ?? Number.NaN, 96)
    expect(measured).toBeGreaterThanOrEqual(0.9)
  })
})

it('suggests the nearest name', () => {
  expect(() => demoModelFolder('residual-permutd')).toThrowError(/Did you mean 'residual-permuted'/)
})
