import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Preprocess } from '@saliency/images'
import { shapeImages } from '@saliency/zoo'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { openImageGroups, type StudyRow } from '@saliency/study'
import { type Config, loadModel, planStudy, runStudy } from '@saliency/toolkit'
import { openStudyImages } from '../../../packages/toolkit/src/study/open-images.ts'
import { rowsIn, saliency, temporaryFolder } from './project.ts'

const root = temporaryFolder()
const photos = join(root, 'photos')
const photo = (at: number) => join(photos, `${String(at).padStart(2, '0')}.png`)
const COUNT = 11
/** Not the first of its group, and with others behind it. */
const LOST = '05.png'

/** Two axes, weights drawn anew in two steps, and a check whose inputs hold several images. */
const config = {
  images: photos,
  methods: ['guided/gradient', 'guided/guided'],
  checks: [
    ['class-sensitivity', { similarities: 'spearman' }],
    // Recalibrated batch norm keeps the first 64 images in memory; these are to be read again.
    ['parameter-randomization', { similarities: 'spearman', draws: 1, steps: 2, batchNorm: 'keep' }],
    ['grid-pointing-game', {}],
  ],
  groups: 1,
} satisfies Config
/** The original weights and the states of the cascade. */
const states = [0, 1, 2]

/** Pictures of several classes, as files. */
async function drawPhotos(): Promise<void> {
  mkdirSync(photos)
  const set = shapeImages({ seed: 7, count: COUNT })
  const { preprocess } = await loadModel('residual')
  for (let at = 0; at < COUNT; at++) {
    const { pixels } = await set.load(at, preprocess)
    const raw = { width: 64, height: 64, channels: 3 } as const
    await sharp(pixels, { raw }).png().toFile(photo(at))
  }
}

/** Runs the study so that every image is read again for every weight state. */
async function run(
  name: string,
  broken?: (state: number) => void,
  threads = 0,
  wanted: Config = config,
): Promise<{ rows: readonly StudyRow[]; folder: string }> {
  const folder = join(root, name)
  const { study, record } = await planStudy({ model: 'residual', ...wanted, out: folder })
  const { set } = await openStudyImages({ images: photos, limit: COUNT, seed: 1 }, '.', study.loaded)
  await set.fingerprint([...set.images.keys()].slice(0, COUNT))
  const images = openImageGroups(set, record.identity.preprocess as Preprocess, COUNT, 0)
  const events = () => ({ state: (index: number) => broken?.(index) })
  await runStudy({ study: { ...study, images }, record, folder }, { events, threads })
  return { rows: await rowsIn(folder), folder }
}

const stateOf = new Map<string, number>()
const isOf = ({ image, other, needs = [] }: StudyRow, id: string) => [image, other, ...needs].includes(id)
const isGrid = ({ check }: StudyRow) => check === 'grid-pointing-game'
const summaryOf = async (folder: string) => {
  const { code, error } = await saliency(['report', folder])
  const summary = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as object
  return { code, error, summary, page: readFileSync(join(folder, 'report.html'), 'utf8') }
}

let whole: readonly StudyRow[]
let sound: Buffer

beforeAll(async () => {
  await drawPhotos()
  sound = readFileSync(photo(5))
  whole = (await run('whole')).rows
  const steps = [...new Set(whole.map(({ protocol }) => Number(protocol['step'] ?? 0)))].toSorted(
    (a, b) => a - b,
  )
  expect(steps).toHaveLength(states.length)
  for (const { condition, protocol } of whole)
    stateOf.set(condition, steps.indexOf(Number(protocol['step'] ?? 0)))
}, 120_000)

describe('an image that is deleted while the study runs', () => {
  it.each(states)('under weight state %i moves no other image', { timeout: 60_000 }, async (state) => {
    const { rows } = await run(`deleted-${state}`, (index) => index === state && rmSync(photo(5)))
    writeFileSync(photo(5), sound)
    expect(rows).toHaveLength(whole.length)
    const later = (row: StudyRow) => (stateOf.get(row.condition) ?? 0) >= state
    for (const [at, row] of rows.entries()) {
      const before = whole[at] as StudyRow
      if (row.status !== 'undefined' || before.status === 'undefined') expect(row).toEqual(before)
      else expect(row).toEqual({ ...before, value: null, status: 'undefined', note: row.note })
      if (!isGrid(row))
        expect(row.note?.startsWith('lost image: ') ?? false).toBe(isOf(row, LOST) && later(row))
      if (row.note?.startsWith('lost'))
        expect(row.note).toMatch(/05\.png cannot be read: there is no such file/)
    }
  })

  it('leaves undefined what was measured on grids that hold it', async () => {
    const rows = (await rowsIn(join(root, 'deleted-0'))).filter(isGrid)
    const lost = rows.filter(({ note }) => note?.startsWith('lost image: '))
    // A grid holds its image and the three that follow it.
    expect(new Set(lost.map(({ image }) => image))).toEqual(new Set(['02.png', '03.png', '04.png', LOST]))
    expect(lost.every(({ value, status }) => value === null && status === 'undefined')).toBe(true)
    const measured = (all: readonly StudyRow[]) =>
      all.filter(({ status }) => status === 'ok').map(({ image }) => image)
    expect(measured(whole.filter(isGrid)).length).toBeGreaterThan(measured(rows).length)
  })

  it('counts for no verdict, whenever it was lost, and is named', { timeout: 60_000 }, async () => {
    const all = await Promise.all(states.map((state) => summaryOf(join(root, `deleted-${state}`))))
    const intact = await summaryOf(join(root, 'whole'))
    for (const { code, error, summary, page } of all) {
      expect(code).toBe(1)
      expect(error).toMatch(/05\.png is left out of every verdict: .*photos\/05\.png cannot be read/)
      expect(error).toContain('1 of 11 images could not be read')
      expect(page).toContain('Image 05.png is left out of every verdict')
      expect(summary).toEqual(all[0]?.summary)
      expect(summary).not.toEqual(intact.summary)
    }
    expect(intact.code).toBe(0)
  })

  it('and is back is computed by the same command, with the rows of an unbroken run', async () => {
    for (const state of states) {
      const { rows } = await run(`deleted-${state}`)
      expect(rows).toEqual(whole)
    }
  })
})

describe('an image that cannot be read for a moment', () => {
  it(
    'stays undefined for the rest of the run, and is computed by the next one',
    { timeout: 60_000 },
    async () => {
      const breaks = (index: number) => {
        if (index === 1) rmSync(photo(5))
        if (index === 2) writeFileSync(photo(5), sound)
      }
      const { rows } = await run('moment', breaks, 2)
      const lost = rows.filter(({ note }) => note?.startsWith('lost image: '))
      expect(new Set(lost.map(({ condition }) => stateOf.get(condition)))).toEqual(new Set([1, 2]))
      expect((await run('moment')).rows).toEqual(whole)
    },
  )
})

describe('an image that is replaced while the study runs', () => {
  it('is noticed, and compared with nothing', { timeout: 60_000 }, async () => {
    const other = readFileSync(photo(7))
    const { rows, folder } = await run('replaced', (index) => index === 1 && writeFileSync(photo(5), other))
    writeFileSync(photo(5), sound)
    for (const [at, row] of rows.entries()) {
      if (isOf(row, LOST) && stateOf.get(row.condition) !== 0)
        expect(row).toMatchObject({
          status: 'undefined',
          note: expect.stringMatching(/05\.png was replaced/),
        })
      else expect(row).toEqual(whole[at])
    }
    expect((await summaryOf(folder)).error).toMatch(/05\.png is left out of every verdict: .*was replaced/)
  })
})

describe('an image that batch norm is recalibrated on', () => {
  it('and that is lost later changes no weights, and so no row', { timeout: 60_000 }, async () => {
    const recalibrated = {
      ...config,
      checks: [['parameter-randomization', { similarities: 'spearman', draws: 1, steps: 1 }]],
    }
    const before = await run('calibrated', undefined, 0, recalibrated as Config)
    const { rows } = await run(
      'calibrated-lost',
      (index) => index === 1 && rmSync(photo(5)),
      0,
      recalibrated as Config,
    )
    writeFileSync(photo(5), sound)
    expect(rows).toEqual(before.rows)
  })
})

describe('images all of which are gone', () => {
  it('stop the run, which goes on when they are back', { timeout: 60_000 }, async () => {
    const bytes = Array.from({ length: COUNT }, (_, at) => readFileSync(photo(at)))
    const gone = run('gone', (index) => {
      if (index === 1) for (let at = 0; at < COUNT; at++) rmSync(photo(at))
    })
    await expect(gone).rejects.toThrow(/no image could be read: all 11 fail/)
    for (const [at, one] of bytes.entries()) writeFileSync(photo(at), one)
    expect((await run('gone')).rows).toEqual(whole)
  })
})
