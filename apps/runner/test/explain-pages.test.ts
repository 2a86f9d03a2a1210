import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { shapeImages } from '@saliency/zoo'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadModel } from '../src/index.ts'
import { readNpy } from './npy.ts'
import { saliency, temporaryFolder } from './project.ts'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  const { preprocess } = await loadModel('residual')
  const { pixels, input } = await shapeImages({ seed: 7, count: 1 }).load(0, preprocess)
  const [, , height = 0, width = 0] = input.shape
  const raw = { height, width, channels: 3 } as const
  await sharp(Buffer.from(pixels), { raw }).png().toFile(at('one.png'))
  for (const name of ['square/a', 'disc/b']) {
    mkdirSync(at(`set/${name.split('/')[0]}`), { recursive: true })
    writeFileSync(at(`set/${name}.png`), readFileSync(at('one.png')))
  }
})

interface Listing {
  maps: { image: string; file: string; overlay: string }[]
  accuracy?: { right: number; labelled: number }
}
const listing = (out: string) => JSON.parse(readFileSync(join(out, 'maps.json'), 'utf8')) as Listing

describe('maps of an image', () => {
  it('writes what is computed before the rest is, and says what runs; the maps are those of one session', async () => {
    const out = at('out-parts')
    const controller = new AbortController()
    const asked = ['--method', 'guided', '--method', 'lrp/epsilon', '--method', 'gradcam']
    const command = ['explain', at('one.png'), '--model', 'residual', ...asked, '--save-maps']
    const whole = await saliency([...command, '--out', out])
    expect(whole.error).toContain('engine: onnxruntime')
    expect(whole.error).toContain('0 % | … left | guided, 3 variants')
    expect(listing(out).maps).toHaveLength(5)
    const both = at('both')
    mkdirSync(both)
    for (const name of ['a.png', 'b.png']) writeFileSync(join(both, name), readFileSync(at('one.png')))
    await saliency(['explain', both, '--model', 'residual', ...asked, '--save-maps', '--out', at('out-both')])
    for (const { file } of listing(out).maps) {
      const alone = readNpy(join(out, file)).values
      const largest = Math.max(...alone.map(Math.abs))
      const together = readNpy(join(at('out-both'), file.replace('one/', 'a/'))).values
      // Another session is another order of sums: rounding, as between batch sizes.
      for (const [index, value] of together.entries())
        expect(Math.abs(value - (alone[index] as number))).toBeLessThanOrEqual(1e-5 * largest)
    }
    controller.abort()
    const stopped = await saliency([...command, '--out', at('out-stopped')], controller.signal)
    expect(stopped.code).toBe(130)
    expect(listing(at('out-stopped')).maps).toEqual([])
  })

  it('writes a page for the image and one for all images, and how often the model is right', async () => {
    const out = at('out-page')
    const { out: text } = await saliency([
      'explain',
      at('set'),
      '--model',
      'residual',
      '--method',
      'guided',
      '--out',
      out,
    ])
    const page = readFileSync(join(out, 'square/a/index.html'), 'utf8')
    for (const { image, overlay } of listing(out).maps.filter((map) => map.image === 'square/a'))
      expect(page).toContain(`src="${overlay.slice(image.length + 1)}"`)
    expect(readFileSync(join(out, 'index.html'), 'utf8')).toContain('href="square/a/index.html"')
    expect(text).toMatch(/The model is right on \d of 2 images with a label \(\d+\.0 %\)/)
    expect(listing(out).accuracy?.labelled).toBe(2)
  })
})
