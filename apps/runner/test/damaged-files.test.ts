import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { casePath, hasCases } from '@saliency/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import type { StudyRow } from '@saliency/study'
import { type Config, planStudy, runStudy } from '@saliency/toolkit'
import { rowsIn, saliency, temporaryFolder } from './project.ts'

const root = temporaryFolder()
const at = (...names: string[]) => join(root, ...names)
const config = {
  model: 'residual',
  images: { procedural: 'shapes', count: 11 },
  methods: ['guided/gradient', 'guided/guided'],
  checks: [
    ['class-sensitivity', { similarities: 'spearman' }],
    ['parameter-randomization', { similarities: 'spearman', draws: 1, steps: 1 }],
  ],
  groups: 1,
}
writeFileSync(at('config.json'), JSON.stringify(config))

const run = (out: string) => saliency(['run', 'config.json', '--root', root, '--out', at(out)])
const UNIT = 's0001-g0001.parquet'
let whole: readonly StudyRow[]

/** A copy of the finished run that a test may damage. */
function copyOf(name: string): string {
  cpSync(at('whole'), at(name), { recursive: true })
  return name
}

/** Changes one byte of a file. */
function flip(file: string, place: number): void {
  const bytes = readFileSync(file)
  bytes[place] = (bytes[place] as number) ^ 1
  writeFileSync(file, bytes)
}

beforeAll(async () => {
  expect((await run('whole')).code).toBe(0)
  whole = await rowsIn(at('whole'))
}, 120_000)

describe('a byte of a unit file that changed', () => {
  it('is said by every command that reads it, and computed anew by `run`', { timeout: 60_000 }, async () => {
    const file = at(copyOf('flipped'), 'units', UNIT)
    flip(file, 300)
    const commands = [
      ['report', at('flipped')],
      ['query', at('flipped'), 'select count(*) from rows'],
    ]
    for (const command of commands) {
      const { code, out, error } = await saliency(command)
      expect([code, out]).toEqual([2, ''])
      expect(error).toContain(`${file} is damaged`)
      expect(error).toContain('Repeat the `saliency run` command, which computes this unit again')
    }
    expect((await run('flipped')).code).toBe(0)
    expect(await rowsIn(at('flipped'))).toEqual(whole)
    expect((await saliency(['report', at('flipped')])).code).toBe(0)
  })

  it.skipIf(!hasCases).each(['units_s0003-g0000.parquet', 'units_s0012-g0000.parquet'])(
    'does not keep a report from its end: %s',
    { timeout: 20_000 },
    async (name) => {
      cpSync(casePath('bad-inputs', 'parquet-hang', name), at(copyOf('hanging'), 'units', UNIT))
      const { code, error } = await saliency(['report', at('hanging')])
      expect([code, error]).toEqual([2, expect.stringContaining(`${UNIT} is damaged`)])
    },
  )
})

describe('maps of the original weights that changed', () => {
  const maps = (name: string) =>
    readdirSync(at(name, 'maps'))
      .filter((file) => file.endsWith('.npy'))
      .map((file) => at(name, 'maps', file))

  it('are computed anew before anything is compared with them', { timeout: 60_000 }, async () => {
    for (const file of maps(copyOf('maps'))) flip(file, readFileSync(file).length - 9)
    rmSync(at('maps', 'units', UNIT))
    expect((await run('maps')).code).toBe(0)
    expect(await rowsIn(at('maps'))).toEqual(whole)
    const before = maps('whole').map((file) => readFileSync(file))
    for (const [index, file] of maps('maps').entries())
      // Group 1 was needed; the maps of group 0 are compared with nothing any more.
      if (file.includes('g0001')) expect(readFileSync(file)).toEqual(before[index])
  })

  it('are not shown', async () => {
    for (const file of maps(copyOf('hidden'))) flip(file, readFileSync(file).length - 9)
    expect((await saliency(['report', at('hidden')])).code).toBe(0)
    expect(readFileSync(at('hidden', 'report.html'), 'utf8')).toContain(
      'The run folder holds no maps to show.',
    )
  })

  it(
    'while the study runs fail the units that need them, until the next run',
    { timeout: 60_000 },
    async () => {
      const folder = at('mapless')
      const execute = async (state?: (index: number) => void) => {
        const planned = await planStudy({ ...(config as Config), out: folder })
        return runStudy(planned, { events: () => (state ? { state } : {}), threads: 0 })
      }
      const { failed } = await execute(
        (index) => index === 1 && rmSync(join(folder, 'maps'), { recursive: true, force: true }),
      )
      expect(failed.map(({ unit }) => unit)).toEqual(['s0001-g0000', 's0001-g0001'])
      expect(failed[0]?.reason).toMatch(/original maps of group 0 are missing/)
      const rows = await rowsIn(folder)
      expect(rows.every(({ status }) => status !== 'failed')).toBe(true)
      expect((await execute()).failed).toEqual([])
      expect(await rowsIn(folder)).toEqual(whole)
    },
  )
})

describe('a report', () => {
  it('goes without a picture that is damaged', async () => {
    const pictures = readdirSync(at(copyOf('pictures'), 'pictures'))
    const before = readFileSync(at('pictures', 'report.html'), 'utf8')
    for (const name of pictures) {
      if (hasCases)
        cpSync(casePath('bad-inputs', 'picture-damaged', '5.png'), at('pictures', 'pictures', name))
      else writeFileSync(at('pictures', 'pictures', name), 'no picture')
    }
    const { code, error } = await saliency(['report', at('pictures')])
    expect([code, error]).toEqual([0, ''])
    expect(readFileSync(at('pictures', 'report.html'), 'utf8').length).toBeLessThan(before.length)
  })

  it('prints the verdicts where it cannot be written, and goes where --out says', async () => {
    rmSync(at(copyOf('sealed'), 'summary.json'))
    mkdirSync(at('sealed', 'summary.json'))
    const refused = await saliency(['report', at('sealed')])
    expect(refused.code).toBe(2)
    expect(refused.out).toContain('guided/guided')
    expect(refused.error).toContain('--out')
    const { code, out } = await saliency(['report', at('sealed'), '--out', at('elsewhere')])
    expect(code).toBe(0)
    expect(out).toContain(at('elsewhere', 'report.html'))
    expect(readdirSync(at('elsewhere')).toSorted()).toEqual(['report.html', 'summary.json'])
  })
})

describe('a run folder that is deleted while the study runs', () => {
  it('is said at once, and nothing is written any more', { timeout: 60_000 }, async () => {
    const folder = at('deleted')
    const planned = await planStudy({ ...(config as Config), out: folder })
    const state = (index: number) => index === 1 && rmSync(folder, { recursive: true })
    await expect(runStudy(planned, { events: () => ({ state }), threads: 0 })).rejects.toThrow(
      /was removed or renamed while the study ran/,
    )
    expect(readdirSync(root)).not.toContain('deleted')
  })
})
