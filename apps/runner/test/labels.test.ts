import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { saliency, temporaryFolder } from './project.ts'

const root = temporaryFolder()
const at = (...names: string[]) => join(root, ...names)

beforeAll(async () => {
  mkdirSync(at('images'))
  for (const name of ['a', 'b'])
    await sharp({ create: { width: 64, height: 64, channels: 3, background: name === 'a' ? 'red' : 'blue' } })
      .png()
      .toFile(at('images', `${name}.png`))
})

function table(name: string, ...lines: string[]): string {
  writeFileSync(at('images', name), `${lines.join('\n')}\n`)
  return at('images', name)
}

const run = (images: string, check: string) =>
  saliency(
    `run --model vgg --images ${images} --method guided/guided --check ${check} --out ${at('run')}`.split(
      ' ',
    ),
  )

describe('labels that a check explains', () => {
  it('have to be there before anything is computed', async () => {
    const images = table('half.csv', 'path,label', 'a.png,1', 'b.png,')
    const { code, error } = await run(images, 'localisation')
    expect([code, error]).toEqual([2, expect.stringMatching(/^error: localisation: .* b\.png has no label/)])
  })

  it('have to be classes of the model', async () => {
    const images = table('wide.csv', 'path,label', 'a.png,7', 'b.png,8')
    const { code, error } = await run(images, 'localisation')
    const wanted = /wide\.csv, line 3, column label: there is no class '8'/
    expect([code, error]).toEqual([2, expect.stringMatching(wanted)])
  })

  it('do not matter to checks that explain predictions', async () => {
    const images = table('none.csv', 'path,label', 'a.png,', 'b.png,')
    expect((await run(images, 'class-sensitivity')).code).toBe(0)
  })
})

describe('the target of a table', () => {
  it('is what is explained, unless the command says otherwise', async () => {
    const images = table('targets.csv', 'path,target', 'a.png,3', 'b.png,5')
    const explained = async (...args: string[]) => {
      const out = at('maps')
      const line = ['explain', images, '--model', 'vgg', '--method', 'guided/guided', '--out', out, ...args]
      expect((await saliency(line)).code).toBe(0)
      const { maps } = JSON.parse(readFileSync(join(out, 'maps.json'), 'utf8')) as {
        maps: { target: number | { index: number } }[]
      }
      return maps.map(({ target }) => target)
    }
    expect(await explained()).toEqual([3, 5])
    expect(await explained('--target', '1')).toEqual([1, 1])
  })
})
