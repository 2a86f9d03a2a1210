import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { saliency, temporaryFolder } from './project.ts'

const root = temporaryFolder()
const at = (...names: string[]) => join(root, ...names)
const study = `--model residual --images ${at('photos')} --method guided/gradient --method guided/guided --check class-sensitivity --groups 1`
const command = (name: string, more: string) => saliency(`${name} ${study} ${more}`.split(' '))

/** A picture of one colour; the number says which. */
const picture = (grey: number) =>
  sharp({ create: { width: 64, height: 64, channels: 3, background: { r: grey, g: 255 - grey, b: 90 } } })
    .png()
    .toBuffer()

beforeAll(async () => {
  mkdirSync(at('photos'))
  for (let index = 0; index < 12; index++)
    writeFileSync(at('photos', `${String(index).padStart(2, '0')}.png`), await picture(20 * index))
})

describe('the list of images', { timeout: 120_000 }, () => {
  it('is written by plan, and a shard compares with it what it decodes, and nothing else', async () => {
    expect((await command('plan', `--out ${at('run')}`)).code).toBe(0)
    const lines = readFileSync(at('run', 'images.jsonl'), 'utf8').trim().split('\n')
    expect(lines).toHaveLength(12)
    expect(JSON.parse(lines[9] as string)).toMatchObject({
      id: '09.png',
      files: [{ bytes: expect.any(Number) }],
    })
    // Another picture under the same name, in the group of the second shard.
    writeFileSync(at('photos', '09.png'), await picture(7))
    const first = await command('run', `--out ${at('run')} --shard 1/2`)
    expect([first.code, first.error]).toEqual([0, expect.not.stringContaining('replaced')])
    await command('run', `--out ${at('run')} --shard 2/2`)
    const { code, error } = await saliency(['report', at('run')])
    expect([code, error]).toEqual([
      1,
      expect.stringMatching(/09.png is left out of every verdict: .* was replaced/),
    ])
    // Back as it was, it is computed again.
    writeFileSync(at('photos', '09.png'), await picture(180))
    expect((await command('run', `--out ${at('run')} --shard 2/2`)).code).toBe(0)
    expect((await saliency(['report', at('run')])).code).toBe(0)
    await command('run', `--out ${at('whole')}`)
    expect(existsSync(at('whole', 'images.jsonl'))).toBe(false)
    const units = (out: string) =>
      readdirSync(at(out, 'units')).map((name) => readFileSync(at(out, 'units', name), 'hex'))
    expect(units('run')).toEqual(units('whole'))
  })

  it('that is damaged is said to be so', async () => {
    writeFileSync(at('run', 'images.jsonl'), '{"id":\n')
    const { code, error } = await command('run', `--out ${at('run')} --shard 1/2`)
    expect([code, error]).toEqual([
      2,
      expect.stringMatching(/images.jsonl is damaged: delete it, and `saliency plan`/),
    ])
  })
})
