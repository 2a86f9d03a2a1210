import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parsePreprocess, type Preprocess } from '@saliency/model-formats'
import { demoModelFolder, shapeImages } from '@saliency/zoo'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '@saliency/toolkit/project'
import { orderShown, rightIn } from '../../../packages/toolkit/src/init/class-order.ts'
import { saliency, temporaryFolder } from './project.ts'

const folder = temporaryFolder()
const photos = join(folder, 'photos')
const SIDE = 64

/** Unseen pictures of the demo network's shapes, in a folder for each class. */
async function writeShapes(): Promise<void> {
  const set = shapeImages({ seed: 1001, count: 32, objects: 1 })
  for (const [place, { label = 0 }] of set.images.entries()) {
    const { pixels } = await set.load(place, parsePreprocess({ input: { height: SIDE, width: SIDE } }))
    const target = join(photos, set.classes?.[label] ?? '')
    mkdirSync(target, { recursive: true })
    const raw = { width: SIDE, height: SIDE, channels: 3 } as const
    await sharp(pixels, { raw })
      .png()
      .toFile(join(target, `${place}.png`))
  }
}

/** The demo network in a project of its own, without what says how it wants its images. */
function project(name: string): string {
  const place = join(folder, name)
  for (const file of ['model.json', 'weights.bin'])
    cpSync(join(demoModelFolder('residual'), file), join(place, 'net', file))
  return place
}

const preprocessIn = (place: string) =>
  JSON.parse(readFileSync(join(place, 'net/preprocess.json'), 'utf8')) as Preprocess

beforeAll(writeShapes)

describe('saliency init', () => {
  it('finds the pixels and the order of the classes by what the model gets right', async () => {
    const place = project('labelled')
    const { code, out } = await saliency(['init', join(place, 'net'), photos, '--out', place])
    expect(code).toBe(0)
    const { input, classes, mean } = preprocessIn(place)
    // The network was trained on [0, 1] less .5, divided by .25: of what is tried, this is nearest.
    expect([input.range, mean[0]]).toEqual([[0, 1], 0.485])
    expect(classes).toEqual(['disc', 'ring', 'square', 'triangle', 'star', 'cross', 'heart', 'crescent'])
    expect(out).toContain('The model is right on 32 of 32 images with a label (100.0 %)')
    expect(out).toMatch(/\[0, 255\]: right on \d of 32/)
    expect(out).toMatch(/disc\/\d+\.png: disc \d+\.\d %/)
    const { config } = await loadConfig(undefined, place)
    expect(config).toMatchObject({ model: './net', images: '../photos' })
    const text = readFileSync(join(place, 'saliency.config.ts'), 'utf8')
    expect(text).toMatch(/\/\/ \? What are pixels .* Its file does not say/)
    expect(text).toMatch(/\/\/ \? Are the classes in the right order/)
  })

  it('writes a configuration that the study takes', async () => {
    const place = project('studied')
    await saliency(['init', join(place, 'net'), photos, '--out', place])
    const args = [
      'run',
      join(place, 'saliency.config.ts'),
      '--root',
      place,
      '--method',
      'guided',
      '--limit',
      '8',
    ]
    const { code, out } = await saliency([...args, '--dry-run'])
    expect([code, out]).toEqual([0, expect.stringMatching(/8 images in 1 group/)])
  })

  it('without images asks for them, and overwrites nothing', async () => {
    const place = project('bare')
    const { code, out } = await saliency(['init', join(place, 'net'), '--out', place])
    expect(code).toBe(0)
    expect(out).toContain('? Where are the images?')
    expect(preprocessIn(place).classes).toBeUndefined()
    const again = await saliency(['init', join(place, 'net'), '--out', place])
    expect(again.code).toBe(2)
    expect(again.error).toMatch(/saliency\.config\.ts exists and is left as it is/)
    expect(existsSync(join(place, 'net/preprocess.json'))).toBe(true)
  })

  it('reads what lies beside a model and asks nothing', async () => {
    const place = join(folder, 'described')
    cpSync(demoModelFolder('residual'), join(place, 'net'), { recursive: true })
    const { out } = await saliency(['init', join(place, 'net'), photos, '--out', place])
    expect(out).toContain('Preprocessing: read from what lies beside the model.')
    expect(out).not.toMatch(/^\?/m)
    expect(readFileSync(join(place, 'saliency.config.ts'), 'utf8')).not.toContain('// ?')
  })

  it('gives the description the name of the model where several lie in a folder', async () => {
    const place = project('crowded')
    writeFileSync(join(place, 'net/other.onnx'), '')
    await saliency(['init', join(place, 'net/model.json'), '--out', place])
    expect(existsSync(join(place, 'net/model.preprocess.json'))).toBe(true)
  })

  it('writes no second description beside the one that all models of a folder share', async () => {
    const place = join(folder, 'shared')
    cpSync(demoModelFolder('residual'), join(place, 'net'), { recursive: true })
    writeFileSync(join(place, 'net/other.onnx'), '')
    const { out } = await saliency(['init', join(place, 'net/model.json'), photos, '--out', place])
    expect(out).toContain('Preprocessing: read from what lies beside the model.')
    expect(existsSync(join(place, 'net/model.preprocess.json'))).toBe(false)
  })
})

describe('the order of classes', () => {
  it('is shown where each folder is mostly one class, and no two the same', () => {
    const pairs = [
      [0, 2],
      [0, 2],
      [0, 1],
      [1, 0],
      [1, 0],
      [2, 1],
      [2, 1],
    ] as const
    expect(orderShown(pairs, 3)).toEqual([1, 2, 0])
    expect(rightIn(pairs, [1, 2, 0])).toBe(6)
    expect(rightIn(pairs, undefined)).toBe(0)
    expect(orderShown([...pairs, [2, 0], [2, 0]], 3)).toBeUndefined()
    expect(orderShown(pairs, 4)).toBeUndefined()
    expect(
      orderShown(
        [
          [0, 1],
          [1, 1],
        ],
        2,
      ),
    ).toBeUndefined()
  })
})
