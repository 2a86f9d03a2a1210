import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { tensor } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { loadModel, readPreprocess } from '@saliency/model-formats/node'
import { DEMO_MODELS, demoModelFolder, SHAPE_CLASSES, shapeImages } from '../src/index.ts'
import { logitsOf } from './source-runtime.ts'

describe.each(DEMO_MODELS)('the demo network %s', (name) => {
  const folder = demoModelFolder(name)
  it('is small, complete and readable', async () => {
    const files = (await readdir(folder)).filter((file) => /^(model|weights)\./.test(file))
    const sizes = await Promise.all(files.map((file) => stat(join(folder, file))))
    expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(1.5e6)
    const preprocess = await readPreprocess(join(folder, 'preprocess.json'))
    expect(preprocess.classes).toEqual(SHAPE_CLASSES)
    const imported = await loadModel(folder)
    expect(imported.model.logits.shape.at(-1)).toBe(8)
    expect(imported.model.head).toBe('softmax')
  })
})

/** Share of images of a seed used nowhere else whose classes are the network's top ones. */
async function measuredAccuracy(name: string, objects: 1 | 2, count: number): Promise<number> {
  const folder = demoModelFolder(name)
  const preprocess = await readPreprocess(join(folder, 'preprocess.json'))
  const imported = await loadModel(folder)
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

/** What a network recognises at least: of all unseen objects, as it says, and of the few images here. */
const least = (name: string) =>
  name === 'vit' ? { said: 0.95, single: 0.92, pairs: 0.6 } : { said: 0.95, single: 0.97, pairs: 0.9 }

describe.each(DEMO_MODELS)('training.json of %s is true of the network', (name) => {
  const said = async () =>
    JSON.parse(await readFile(join(demoModelFolder(name), 'training.json'), 'utf8')) as {
      parameters: number
      accuracies: Readonly<Record<string, number>>
    }

  it('which has so many parameters', async () => {
    const { weights } = await loadModel(demoModelFolder(name))
    const sizes = [...weights.values()].map(({ data }) => data.length)
    expect((await said()).parameters).toBe(sizes.reduce((sum, size) => sum + size, 0))
  })

  it('which recognises so many unseen objects', async () => {
    const { accuracies } = await said()
    const measured = await measuredAccuracy(name, 1, 160)
    expectNear(measured, accuracies['unseenSingle'] ?? accuracies['unseenTrueLabels'] ?? Number.NaN, 160)
    if (name.endsWith('-permuted')) return expect(measured).toBeLessThan(0.3)
    expect(accuracies['unseenSingle']).toBeGreaterThanOrEqual(least(name).said)
    expect(measured).toBeGreaterThanOrEqual(least(name).single)
  })

  if (name.endsWith('-permuted')) return
  it('which has both of a pair among its top two so often', async () => {
    const measured = await measuredAccuracy(name, 2, 96)
    expectNear(measured, (await said()).accuracies['unseenPairBothInTopTwo'] ?? Number.NaN, 96)
    expect(measured).toBeGreaterThanOrEqual(least(name).pairs)
  })
})

it('the vision transformer has a grid of tokens behind a class token, and its parts in the order they are drawn anew', async () => {
  const { model } = await loadModel(demoModelFolder('vit'))
  expect(model.tokens).toMatchObject({ grid: { height: 8, width: 8 }, prefix: 1, read: [0] })
  expect(model.attentions).toHaveLength(3)
  const pairs = [0, 1, 2].flatMap((at) => [`blocks.${at}.attn`, `blocks.${at}.mlp`])
  expect(model.blocks.map(({ name }) => name)).toEqual([
    'stem.0',
    'stem.2',
    'patch',
    'prefix-tokens',
    'positions',
    ...pairs,
    'head',
  ])
})

it('suggests the nearest name', () => {
  expect(() => demoModelFolder('residual-permutd')).toThrowError(/Did you mean 'residual-permuted'/)
})
