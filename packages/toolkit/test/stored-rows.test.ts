import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRandom } from '@saliency/core'
import sanity from '@saliency/sanity'
import { judgeStudy as judge, storedRows, type StudyRecord, type StudyRow } from '@saliency/study'
import { folderStore, unitFiles } from '@saliency/study/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { openStoredRows } from '../src/study/stored-rows.ts'
import { temporaryFolder } from '../../../apps/runner/test/project.ts'

const folder = temporaryFolder()
const random = createRandom('stored rows')
const images = Array.from({ length: 16 }, (_, at) => ({ id: `image ${at}'s.png` }))
const ids = ['m/signed', 'm/positive', 'm/logit', 'baseline/edges', 'm/alone']
const variants = ids.map((id) => ({
  id,
  handling: 'signed',
  start: id === 'm/logit' ? 'logit' : 'one-hot',
  control: id === 'baseline/edges',
  ...(id === 'm/positive' && { counterpart: 'm/signed' }),
  ...(id === 'm/alone' && { counterpart: 'm/gone' }),
}))
const names = [
  'class-sensitivity',
  'parameter-randomization',
  'polarity',
  'deletion-insertion',
  'efficient-mprt',
]
const checks = names.map((id) => {
  const { title, references, options } = sanity.find((check) => check.id === id)!
  const values = Object.fromEntries(Object.entries(options).map(([name, spec]) => [name, spec.default]))
  return {
    id,
    title,
    references: [...references],
    options: values,
    package: '@saliency/sanity',
    version: '1',
  }
})

const url = new URL('../../sanity/src/index.ts', import.meta.url).href
const modules = new Map(names.map((name) => [name, url]))

type Some = Pick<StudyRow, 'metric' | 'condition' | 'image' | 'protocol'> & Partial<StudyRow>

/** Rows of one variant as its checks would score them, some of them undefined or failed. */
function* rowsOf(): Generator<Some> {
  for (const [at, { id: image }] of images.entries()) {
    const others = [undefined, images[(at + 1) % images.length]!.id]
    for (const metric of ['spearman', 'ssim'])
      for (const other of others)
        for (const draw of [0, 1]) {
          const pair = { metric, image, ...(other !== undefined && { other }) }
          yield { check: 'class-sensitivity', condition: 'uniform', ...pair, protocol: { draw } }
          for (const step of [1, 2]) {
            const protocol = { step, block: `block ${step}`, draw, batchNorm: 'keep' }
            yield { check: 'parameter-randomization', condition: `top-down:0${step}`, ...pair, protocol }
          }
        }
    const protocol = { step: 1, block: 'block 1', draw: 0 }
    for (const metric of ['map-scale', 'logit-spread'])
      yield { check: 'parameter-randomization', condition: 'top-down:01', metric, image, protocol }
    for (const metric of ['sign-agreement', 'positive-agreement'])
      yield { check: 'polarity', condition: 'original', metric, image, protocol: {} }
    yield { check: 'deletion-insertion', condition: 'original', metric: 'deletion', image, protocol: {} }
    for (const draw of [0, 1])
      yield {
        check: 'efficient-mprt',
        condition: 'random',
        metric: 'entropy-rise',
        image,
        protocol: { draw },
      }
  }
}

function valued(row: Some, variant: string): StudyRow {
  const base = { run: 'r', model: 'net', check: '', ...row, variant }
  const chance = random.uniform()
  if (chance < 0.04) return { ...base, value: null, status: 'undefined', note: 'the map is constant' }
  if (chance < 0.05) return { ...base, metric: 'failure', value: null, status: 'failed', note: 'no memory' }
  return { ...base, value: random.uniform(), status: 'ok' }
}

const record = {
  run: 'r',
  identity: { model: { name: 'net' }, variants, checks },
  units: [],
  images,
  skipped: [],
} as unknown as StudyRecord

/** The run as it was opened; what its `study.json` would say stands here. */
async function opened(lost: ReadonlyMap<string, string> = new Map()) {
  const store = folderStore(folder)
  const rows = () => storedRows(store)
  return { store, record, finished: [], failures: { units: [], images: [] }, lost, rows }
}

beforeAll(async () => {
  const rows = ids.flatMap((variant) => [...rowsOf()].map((row) => valued(row, variant)))
  // Rows of a variant that the study does not describe, and one that two units share.
  rows.push(
    valued({ check: 'polarity', metric: 'sign-agreement', condition: 'x', image: 'a', protocol: {} }, 'a/z'),
  )
  for (const unit of [0, 1, 2]) {
    const own = rows.filter((_, at) => at % 3 === unit || at === 0)
    await folderStore(folder).put('unit', `unit-${unit}`, { lost: new Map(), rows: async () => own })
  }
})

/** The run judged from rows that come in portions, and from all of them at once. */
async function bothWays(portion: number, lost?: ReadonlyMap<string, string>, threads = 0) {
  const run = await opened(lost)
  const rows = await openStoredRows(run, unitFiles(folder), { portion, threads, modules })
  const [few, all] = [await judge(run, { checks: sanity, rows }), await judge(run, { checks: sanity })]
  await rows.close()
  expect(few.images.seen).toEqual(all.images.seen)
  expect(few.images.similarity).toEqual(all.images.similarity)
  expect(few.summary.rows).toBeGreaterThan(2000)
  return [few, all] as const
}

describe('rows that are read in portions', () => {
  it.each([1, 700, 1_000_000])('of at most %d give the same summary to the byte', async (portion) => {
    const [few, all] = await bothWays(portion)
    expect(JSON.stringify(few.summary)).toBe(JSON.stringify(all.summary))
    expect(few.summary.failures.length).toBeGreaterThan(5)
    const kinds = few.summary.checks.flatMap(({ findings }) => findings.map(({ kind }) => kind))
    expect(new Set(kinds)).toEqual(new Set(['verdict', 'contrast', undefined]))
  })

  it.each([1, 3])('and judged on %d threads give the same summary to the byte', async (threads) => {
    const [few, all] = await bothWays(700, new Map([[images[3]!.id, 'gone']]), threads)
    expect(JSON.stringify(few.summary)).toBe(JSON.stringify(all.summary))
  })

  it('leave out what needs an image that was lost', async () => {
    const gone = images[3]!.id
    const [few, all] = await bothWays(700, new Map([[gone, 'gone']]))
    expect(JSON.stringify(few.summary)).toBe(JSON.stringify(all.summary))
    expect(few.images.seen.has(gone)).toBe(false)
  })

  it('are refused where they are of another run', async () => {
    const run = await opened()
    const other = { ...run, record: { ...record, run: 'another' } }
    await expect(openStoredRows(other, unitFiles(folder))).rejects.toThrow(
      'holds rows of run r, but its study is another',
    )
  })

  it('are judged where a unit is missing', async () => {
    const [gone = ''] = unitFiles(folder)
    const bytes = readFileSync(gone)
    rmSync(gone)
    const run = await opened()
    const rows = await openStoredRows(run, unitFiles(folder), { portion: 700 })
    const few = await judge(run, { checks: sanity, rows })
    expect(JSON.stringify(few.summary)).toBe(JSON.stringify((await judge(run, { checks: sanity })).summary))
    writeFileSync(gone, bytes)
  })
})
