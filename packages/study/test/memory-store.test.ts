import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sanity from '@saliency/sanity'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  judgeStudy,
  keepPictures,
  memoryStore,
  openRun,
  type PlannedStudy,
  readImageMaps,
  type Run,
  runStudy,
} from '../src/index.ts'
import { encodeRows, folderStore, openRun as openFolder, runStudy as runInFolder } from '../src/node.ts'
import { smallStudy, temporaryFolder } from './small-study.ts'

const folder = temporaryFolder()
const store = memoryStore('mine')
/** Turns of the event loop while the study ran in memory. */
let turns = 0
let planned: PlannedStudy
let inFolder: Run

/** Everything a run says, as bytes. */
async function bytesOf(run: Run): Promise<{ rows: Buffer; summary: string }> {
  const { summary } = await judgeStudy(run, { checks: sanity })
  return { rows: Buffer.from(encodeRows(await run.rows())), summary: JSON.stringify(summary) }
}

async function expectSame(run: Run): Promise<void> {
  const [own, other] = [await bytesOf(run), await bytesOf(inFolder)]
  expect(JSON.stringify(await run.rows())).toBe(JSON.stringify(await inFolder.rows()))
  expect(own.rows.equals(other.rows)).toBe(true)
  expect(own.summary).toBe(other.summary)
}

beforeAll(async () => {
  planned = await smallStudy()
  await runInFolder({ ...planned, folder }, { threads: 1 })
  inFolder = await openFolder(folder)
  expect((await inFolder.rows()).length).toBeGreaterThan(1000)
  let running = true
  const tick = () => void (turns++, running && setTimeout(tick))
  tick()
  const { done, failed, seconds } = await runStudy({ ...planned, store })
  running = false
  expect([done, failed, seconds.threads]).toEqual([planned.study.plan.units.length, [], 0])
}, 240_000)

describe('a study in memory', { timeout: 240_000 }, () => {
  it('has the rows and the summary of the same study in a folder, byte for byte', async () => {
    const run = await openRun(store)
    await expectSame(run)
    for (const { unit } of run.finished) {
      const stored = await store.get('unit', unit.id)
      const file = readFileSync(join(folder, 'units', `${unit.id}.parquet`))
      expect(file.equals(encodeRows(await stored!.rows(), stored!.lost, stored!.rounding))).toBe(true)
    }
    // What a report shows of an image is the same, too.
    const shown = { ...run.record.images[3]!, position: 3 }
    await keepPictures(planned.study, store, [shown])
    await keepPictures(planned.study, folderStore(folder), [shown])
    const maps = await readImageMaps(run, shown)
    expect(maps.columns.map(({ maps: own }) => own.size)).toEqual([3, 3])
    expect(maps.picture?.pixels.length).toBeGreaterThan(0)
    expect(maps).toEqual(await readImageMaps(inFolder, shown))
  })

  it('that is stopped goes on with what is there, and computes nothing twice', async () => {
    const broken = memoryStore()
    const told: string[][] = []
    for (let unfinished = true; unfinished;) {
      const controller = new AbortController()
      const { interrupted } = await runStudy(
        { ...planned, store: broken },
        {
          signal: controller.signal,
          events(pending) {
            told.push(pending.map(({ id }) => id))
            // After two units at a time.
            let left = 2
            return { unit: () => void (--left === 0 && controller.abort()) }
          },
        },
      )
      unfinished = interrupted
    }
    const counts = told.map((pending) => pending.length)
    expect(counts[0]).toBe(planned.study.plan.units.length)
    expect(counts).toEqual(counts.toSorted((a, b) => b - a))
    expect(new Set(counts).size).toBe(counts.length)
    await expectSame(await openRun(broken))
  })

  it('computes again what was removed, and the maps that others are compared with', async () => {
    const [maps] = await store.list('maps')
    await store.remove('unit', 's0001-g0000')
    await store.remove('maps', maps!)
    const told: string[] = []
    await runStudy(
      { ...planned, store },
      { events: (pending) => (told.push(...pending.map(({ id }) => id)), {}) },
    )
    expect(told).toEqual(['s0000-g0000', 's0001-g0000'])
    await expectSame(await openRun(store))
  })

  it('lets a page work while maps are scored', () => {
    const { plan, maps } = planned.study
    expect(turns).toBeGreaterThan(plan.units.length * maps.set.variants.length)
  })

  it('is refused where another one is stored, where one runs, and where none is', async () => {
    const empty = memoryStore('empty')
    await expect(openRun(empty)).rejects.toThrow('empty holds no study: call runStudy with it first.')
    const first = runStudy({ ...planned, store })
    await expect(runStudy({ ...planned, store })).rejects.toThrow(/^mine is in use/)
    expect((await first).done).toBe(0)
    const other = await smallStudy({ seed: 2 })
    await expect(runStudy({ ...other, store })).rejects.toThrow(/^mine holds another study[^]*seed: 1 → 2/)
    await store.remove('study', 'study')
    await expect(runStudy({ ...planned, store })).rejects.toThrow(/^mine holds results, but no study/)
  })
})
