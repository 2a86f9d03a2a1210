import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineMethod } from '@saliency/core'
import { demoModelFolder, shapeImages } from '@saliency/zoo'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { explain, loadModel } from '@saliency/toolkit'
import { readNpy } from './npy.ts'
import { projectWith, saliency, temporaryFolder } from './project.ts'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

async function writeShape(index: number, path: string): Promise<void> {
  const { preprocess } = await loadModel('residual')
  const { pixels, input } = await shapeImages({ seed: 7, count: 8 }).load(index, preprocess)
  const [, , height = 0, width = 0] = input.shape
  await sharp(Buffer.from(pixels), { raw: { height, width, channels: 3 } })
    .png()
    .toFile(path)
}

beforeAll(async () => {
  mkdirSync(at('set/square'), { recursive: true })
  mkdirSync(at('set/disc'), { recursive: true })
  await writeShape(0, at('one.png'))
  await writeShape(1, at('set/square/a.png'))
  await writeShape(2, at('set/disc/b.png'))
  writeFileSync(at('set/disc/broken.png'), 'no image')
})

interface Listing {
  maps: {
    image: string
    method: string
    variant: string
    file: string
    overlay: string
    shape: number[]
    target: number
    targetName: string
    problem?: string
  }[]
  failures: { image: string; reason: string }[]
  protocol: Record<string, unknown>
}
const listing = (out: string) => JSON.parse(readFileSync(join(out, 'maps.json'), 'utf8')) as Listing

describe('saliency explain', () => {
  it('writes arrays, overlays, a contact sheet and their list for every variant of a method', async () => {
    const out = at('out-one')
    const { code, out: text } = await saliency([
      'explain',
      at('one.png'),
      '--model',
      'residual',
      '--method',
      'guided',
      '--method',
      'gradcampp/gradcam',
      '--target',
      '3',
      '--out',
      out,
      '--save-maps',
    ])
    expect(code).toBe(0)
    expect(text).toMatch(/one: \w+ \(\d\) [\d.]+ %/)
    const { maps, protocol } = listing(out)
    expect(maps.map(({ method, variant }) => `${method}/${variant}`)).toEqual([
      'guided/gradient',
      'guided/deconvnet',
      'guided/guided',
      'gradcampp/gradcam',
    ])
    for (const { method, variant, file, overlay, shape, target } of maps) {
      expect(file).toBe(`one/${method}-${variant}.npy`)
      const array = readNpy(join(out, file))
      expect(array.shape).toEqual(shape)
      expect(shape).toEqual(method === 'guided' ? [1, 3, 64, 64] : [1, 1, 8, 8])
      expect(target).toBe(3)
      const { width, height } = await sharp(join(out, overlay)).metadata()
      expect([width, height]).toEqual([256, 256])
    }
    expect(existsSync(join(out, 'one/contact-sheet.png'))).toBe(true)
    expect(protocol).toMatchObject({ model: 'residual', seed: 1 })
  })

  it('keeps the paths of a folder, explains labels, and goes on after a broken image with exit code 1', async () => {
    const out = at('out-set')
    const { code, error } = await saliency([
      'explain',
      at('set'),
      '--model',
      'residual',
      '--method',
      'guided/gradient',
      '--target',
      'label',
      '--out',
      out,
      '--save-maps',
    ])
    expect(code).toBe(1)
    expect(error).toContain('disc/broken.png')
    const { maps, failures } = listing(out)
    expect(maps.map(({ image, targetName }) => [image, targetName])).toEqual([
      ['disc/b', 'disc'],
      ['square/a', 'square'],
    ])
    expect(failures).toHaveLength(1)
    expect(existsSync(join(out, 'square/a/guided-gradient.npy'))).toBe(true)
  })

  it('takes options for one variant, for all, and a target layer', async () => {
    const out = at('out-options')
    const { model } = await loadModel('residual')
    const layer = model.layers.find(({ output }) => output.shape[2] === 16)?.name as string
    const { code } = await saliency([
      'explain',
      at('one.png'),
      '--model',
      'residual',
      '--method',
      'lrp/epsilon',
      '--method',
      'lrp/epsilon?epsilon=0.1',
      '--method',
      'gradcampp/gradcam',
      '--layer',
      layer,
      '--out',
      out,
      '--save-maps',
    ])
    expect(code).toBe(0)
    const files = listing(out).maps.map(({ file }) => file)
    expect(files[1]).toBe('one/lrp-epsilon-epsilon=0.1.npy')
    expect(listing(out).maps[2]?.shape).toEqual([1, 1, 16, 16])
    expect(readNpy(join(out, files[0]!)).values).not.toEqual(readNpy(join(out, files[1]!)).values)
  })

  it('goes on without a variant that this model cannot be explained with, and says so by exit code 1', async () => {
    const { code, error } = await saliency([
      'explain',
      at('one.png'),
      '--model',
      'residual',
      '--method',
      'guided/gradient',
      '--method',
      'gradcampp/gradcam?layer=nowhere',
      '--out',
      at('out-layer'),
    ])
    expect(code).toBe(1)
    expect(error).toMatch(/gradcampp\/gradcam: .*nowhere/)
    expect(listing(at('out-layer')).maps).toHaveLength(1)
  })

  it('warns loudly where there is no preprocessing', async () => {
    mkdirSync(at('bare'))
    for (const name of ['model.json', 'weights.bin'])
      writeFileSync(at(`bare/${name}`), readFileSync(join(demoModelFolder('residual'), name)))
    const { code, error } = await saliency([
      'explain',
      at('one.png'),
      '--model',
      at('bare'),
      '--method',
      'guided/gradient',
      '--out',
      at('out-bare'),
    ])
    expect(code).toBe(0)
    expect(error).toContain('NO PREPROCESSING FOUND')
  })

  it('says what is likely wrong with a map that is zero everywhere', async () => {
    const { error } = await saliency([
      'explain',
      at('one.png'),
      '--model',
      'residual',
      '--method',
      'rectgrad/rectgrad-constant?tau=1e9',
      '--out',
      at('out-zero'),
    ])
    const options = await saliency([
      'explain',
      at('one.png'),
      '--model',
      'residual',
      '--method',
      'rectgrad/rectgrad-constant?threshold=1e9',
      '--out',
      at('out-zero'),
    ])
    expect(error + options.error).toMatch(/zero everywhere: the threshold cuts everything/)
  })

  it('explains with methods that sample and methods that combine', async () => {
    const out = at('out-kinds')
    const { code } = await saliency([
      'explain',
      at('one.png'),
      '--model',
      'residual',
      '--method',
      'integrated-gradients/integrated-gradients?steps=4',
      '--method',
      'guided-gradcam',
      '--method',
      'occlusion',
      '--out',
      out,
      '--save-maps',
    ])
    expect(code).toBe(0)
    for (const { file } of listing(out).maps)
      expect(readNpy(join(out, file)).values.some((value) => value !== 0)).toBe(true)
  })

  it("shows a third party's method beside the others", async () => {
    const root = projectWith(['method-rainbow'])
    const out = at('out-third')
    await saliency([
      'explain',
      at('one.png'),
      '--root',
      root,
      '--model',
      'residual',
      '--method',
      'rainbow',
      '--method',
      'guided/gradient',
      '--out',
      out,
      '--save-maps',
    ])
    const [positive, gradient] = listing(out).maps.map(({ file }) => readNpy(join(out, file)).values)
    expect(positive).toEqual(gradient?.map((value) => Math.max(0, value)))
  })
})

describe('explain as a library', () => {
  it('takes a path or numbers, and gives the same maps', async () => {
    const model = await loadModel('residual')
    const [fromFile] = await explain(model, at('one.png'), { method: 'guided/gradient', target: 3 })
    const image = await (await import('@saliency/images/node')).openImages(at('one.png'))
    const { input } = await image.load(0, model.preprocess)
    const [fromNumbers] = await explain(
      model,
      { data: input.data, shape: [3, 64, 64] },
      { method: 'guided/gradient', target: 3 },
    )
    expect(fromFile).toMatchObject({
      id: 'guided/gradient',
      target: 3,
      shape: [1, 3, 64, 64],
      handling: 'signed',
    })
    expect(fromNumbers?.data).toEqual(fromFile?.data)
  })

  it('takes a method object', async () => {
    const method = defineMethod({
      contract: 1,
      id: 'image',
      title: 'The image',
      references: [],
      options: {},
      variants: { plain: { description: 'the image itself', handling: 'signed', options: {} } },
      traits: { resolution: 'input' },
      kind: 'graph',
      explain: ({ model, ops }) => ops.add(model.image, 0),
    })
    const model = await loadModel('residual')
    const data = Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => i)
    const [map] = await explain(model, { data, shape: [3, 64, 64] }, { method })
    expect(map?.data).toEqual(data)
  })

  it('refuses numbers of another shape', async () => {
    const model = await loadModel('residual')
    await expect(explain(model, { data: [1, 2, 3], shape: [3, 1, 1] }, { method: 'guided' })).rejects.toThrow(
      /\[3, 64, 64\]/,
    )
  })
})
