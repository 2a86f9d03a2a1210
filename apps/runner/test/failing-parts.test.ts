import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { projectWith, rowsIn, saliency, temporaryFolder, type Outcome } from './project.ts'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const root = projectWith(['method-late-bomb'])

function run(name: string, config: object, ...args: string[]): Promise<Outcome> {
  writeFileSync(join(root, `${name}.json`), JSON.stringify({ model: 'residual', ...config }))
  return saliency(['run', `${name}.json`, '--root', root, '--out', at(name), ...args])
}

describe('a sampling method that throws while a study runs', () => {
  const always = ['samples', 'fold', 'finish', 'shape']
  const healthy = ['guided/gradient', 'baseline/random']
  let outcome: Outcome
  beforeAll(async () => {
    outcome = await run('bombs', {
      images: { procedural: 'shapes', count: 16 },
      methods: [...healthy, 'late-bomb'],
      checks: [
        ['class-sensitivity', { similarities: 'spearman' }],
        ['parameter-randomization', { similarities: 'spearman', draws: 1, steps: 1 }],
      ],
      groups: 1,
    })
  })

  it('breaks its own variant only, and leaves exit code 1', async () => {
    expect(outcome).toMatchObject({ code: 1 })
    expect(outcome.error).not.toMatch(/unit .* failed/)
    expect(readdirSync(join(at('bombs'), 'units')).filter((name) => name.endsWith('.failed.json'))).toEqual(
      [],
    )
    const rows = await rowsIn(at('bombs'))
    for (const id of healthy) {
      const own = rows.filter(({ variant }) => variant === id)
      expect(own.length).toBeGreaterThan(50)
      expect(own.filter(({ status }) => status === 'failed')).toEqual([])
    }
  })

  it.each(always)('is recorded with its message: %s', async (place) => {
    const id = `late-bomb/${place}`
    const own = (await rowsIn(at('bombs'))).filter(({ variant }) => variant === id)
    // Two groups under the original weights for one check, and under others for the other.
    expect(own).toHaveLength(4)
    const why = place === 'shape' ? 'offset is out of bounds' : `${place} went off`
    expect(own.every(({ status, note }) => status === 'failed' && note?.includes(why))).toBe(true)
    expect(outcome.out).toContain(`${id} failed in class-sensitivity`)
  })

  it('is left out where it cannot even say what it evaluates', () => {
    expect(outcome.error).toContain('late-bomb/of: of went off')
  })

  it('loses the groups it threw on, and is never compared with a map it does not have', async () => {
    const own = (await rowsIn(at('bombs'))).filter(({ variant }) => variant === 'late-bomb/sometimes')
    const failed = own.filter(({ status }) => status === 'failed')
    expect(failed.length).toBeGreaterThan(0)
    expect(failed.every(({ note }) => /sometimes went off|there is no map of/.test(note ?? ''))).toBe(true)
  })
})

/** Pictures whose header is whole; the pixels of some are cut off. */
async function photos(name: string, count: number, isBroken: (index: number) => boolean): Promise<void> {
  const square = join(root, name, 'square')
  mkdirSync(square, { recursive: true })
  for (let index = 0; index < count; index++) {
    const file = join(square, `${String(index).padStart(2, '0')}.png`)
    const raw = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * (index + 7) * 31) % 251)
    await sharp(raw, { raw: { width: 64, height: 64, channels: 3 } })
      .png()
      .toFile(file)
    if (isBroken(index)) truncateSync(file, 200)
  }
}

describe('images that cannot be read', () => {
  const config = {
    methods: ['guided/gradient'],
    checks: [['parameter-randomization', { similarities: 'spearman', draws: 1, steps: 1 }]],
    groups: 1,
  }

  it('may be all of a group: its unit is finished, and nothing is said to have failed in it', async () => {
    await photos('some', 18, (index) => index >= 8 && index < 16)
    const first = await run('some', { ...config, images: 'some' })
    expect(first.code).toBe(1)
    expect(first.error).not.toMatch(/unit .* failed/)
    expect(first.out).not.toContain('missing')
    for (const index of [8, 15])
      expect(first.error).toContain(`${String(index).padStart(2, '0')}.png is left out`)
    expect(readFileSync(join(at('some'), 'report.html'), 'utf8')).toContain('square/08.png')
    const rows = await rowsIn(at('some'))
    expect(rows.every(({ status }) => status !== 'failed')).toBe(true)
    const images = new Set(rows.map(({ image }) => image).filter((image) => image.startsWith('square/')))
    expect(images.size).toBe(10)
    const units = join(at('some'), 'units')
    const times = readdirSync(units).map((file) => statSync(join(units, file)).mtimeMs)
    expect(times).toHaveLength(6)
    const second = await run('some', { ...config, images: 'some' })
    expect(second.error).toContain('Every unit is finished already.')
    expect(readdirSync(units).map((file) => statSync(join(units, file)).mtimeMs)).toEqual(times)
  })

  it.each(['--json', '--dry-run'])('may be all there are: one line says so, and why (%s)', async (flag) => {
    await photos('none', 9, () => true)
    const { code, error } = await run('none', { ...config, images: 'none' }, flag)
    expect(code).toBe(2)
    expect(error).toMatch(/no image could be read: all 9 fail\. The first: .*square\/00\.png.+/)
    expect(error.match(/square\/\d\d\.png/g)).toHaveLength(1)
  })
})
