import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { shapeImages } from '@saliency/zoo'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadModel } from '@saliency/toolkit'
import { main } from '../src/cli/main.ts'
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
  it('are on disk before the rest is computed; what is there when it is stopped is listed', async () => {
    const out = at('out-parts')
    const controller = new AbortController()
    const said: string[] = []
    const overlay = (name: string) => existsSync(join(out, `one/${name}.png`))
    const seen: boolean[] = []
    // A method with few variants shares a session with the next one, here Grad-CAM's family; the third has its own.
    const methods = ['rectgrad/rectgrad-constant?tau=1e9', 'gradcampp', 'guided']
    const asked = methods.flatMap((method) => ['--method', method])
    const code = await main(['explain', at('one.png'), '--model', 'residual', ...asked, '--out', out], {
      out: () => undefined,
      error(text) {
        said.push(text)
        // The first method's map is empty, which is said when it is written.
        if (!text.includes('zero everywhere')) return
        seen.push(overlay('rectgrad-rectgrad-constant'), overlay('guided-gradient'))
        controller.abort()
      },
      isTTY: false,
      signal: controller.signal,
    })
    expect(code).toBe(130)
    expect(seen).toEqual([true, false])
    const overlays = listing(out).maps.map((map) => map.overlay)
    expect(overlays[0]).toBe('one/rectgrad-rectgrad-constant.png')
    expect(overlays).toHaveLength(14)
    expect(overlays.slice(1).every((name) => name.startsWith('one/gradcampp-'))).toBe(true)
    expect(said.join('\n')).toContain('engine: onnxruntime')
    expect(said.join('\n')).toContain('0 % | … left | rectgrad, gradcampp: 14 variants')
  })

  it('alone are those of a folder, but for rounding: another session is another order of sums', async () => {
    const model = ['--model', 'residual', '--method', 'guided/guided', '--method', 'gradcam', '--save-maps']
    await saliency(['explain', at('one.png'), ...model, '--out', at('alone')])
    await saliency(['explain', at('set'), ...model, '--out', at('together')])
    expect(listing(at('alone')).maps).toHaveLength(2)
    for (const { file } of listing(at('alone')).maps) {
      const alone = readNpy(join(at('alone'), file)).values
      const together = readNpy(join(at('together'), file.replace('one/', 'disc/b/'))).values
      const largest = Math.max(...alone.map(Math.abs))
      expect(largest).toBeGreaterThan(0)
      expect(together).toHaveLength(alone.length)
      for (const [index, value] of together.entries())
        expect(Math.abs(value - (alone[index] as number))).toBeLessThanOrEqual(1e-5 * largest)
    }
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

  it('of an earlier command are said to lie beside those that are listed', async () => {
    const out = at('twice')
    const of = (method: string) =>
      saliency(['explain', at('one.png'), '--model', 'residual', '--method', method, '--out', out])
    expect((await of('guided/gradient')).error).not.toContain('earlier')
    expect((await of('guided/gradient')).error).not.toContain('earlier')
    const { error } = await of('guided/guided')
    expect(error).toContain(`1 map of an earlier command lies in ${out} too (one/guided-gradient.png)`)
    expect(listing(out).maps.map((map) => map.overlay)).toEqual(['one/guided-guided.png'])
  })
})
