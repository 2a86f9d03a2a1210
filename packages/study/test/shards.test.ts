import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { guided } from '@saliency/method-guided'
import sanity from '@saliency/sanity'
import { shapeImages } from '@saliency/zoo'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  beginRun,
  judgeStudy,
  memoryStore,
  pendingUnits,
  type PlannedStudy,
  shardUnits,
} from '../src/index.ts'
import { folderStore, lockRunFolder, openRun, runStudy } from '../src/node.ts'
import { planWork } from '../src/plan.ts'
import { writeOnce } from '../src/system.ts'
import { checks, smallStudy, temporaryFolder } from './small-study.ts'

/** No process has an identifier that high. */
const NOBODY = 4_194_305

let planned: PlannedStudy
let whole: Record<string, string>

const shardsOf = (count: number) => Array.from({ length: count }, (_, index) => ({ index, count }))

const runShard = (folder: string, shard: { index: number; count: number }) =>
  runStudy({ ...planned, folder, shard }, { threads: 0 })

/** What stands in the unit files and in the summary of a run. */
async function resultsIn(folder: string): Promise<Record<string, string>> {
  const units = readdirSync(join(folder, 'units')).sort()
  const { summary } = await judgeStudy(await openRun(folder), { checks: sanity })
  return {
    summary: JSON.stringify(summary),
    ...Object.fromEntries(units.map((name) => [name, readFileSync(join(folder, 'units', name), 'hex')])),
  }
}

beforeAll(async () => {
  planned = await smallStudy({
    images: shapeImages({ seed: 1001, count: 20, objects: 1 }),
    methods: ['gradient', 'guided'].map((variant) => ({ method: guided, variant, options: {} })),
    checks: checks({ 'parameter-randomization': { similarities: 'spearman', draws: 1, steps: 1 } }),
  })
  const folder = temporaryFolder()
  await runStudy({ ...planned, folder }, { threads: 0 })
  whole = await resultsIn(folder)
  expect(Object.keys(whole).length).toBe(planned.study.plan.units.length + 1)
}, 240_000)

describe('shards', { timeout: 240_000 }, () => {
  it('have every unit once, and a group under all weight states, however many there are', () => {
    const { loaded, plan } = planned.study
    for (let groups = 1; groups <= 9; groups++)
      for (const groupsPerUnit of [1, 2, 4]) {
        const request = { model: loaded.model, images: 8 * groups - 3, checks: plan.checks, groupsPerUnit }
        const study = planWork(request)
        for (let count = 1; count <= groups + 3; count++) {
          const shares = shardsOf(count).map((shard) => shardUnits(study, shard))
          const ids = shares.flat().map(({ id }) => id)
          expect(ids.toSorted()).toEqual(study.units.map(({ id }) => id).toSorted())
          for (const share of shares)
            for (const { from } of share)
              expect(share.filter((unit) => unit.from === from)).toHaveLength(study.states.length)
        }
      }
  })

  it('lie between the groups ⌊i·g/n⌋', () => {
    const units = Array.from({ length: 7 }, (_, from) => ({ id: `${from}`, state: 0, from, to: from + 1 }))
    const sizes = shardsOf(3).map((shard) => shardUnits({ groups: 7, units }, shard).map(({ from }) => from))
    expect(sizes).toEqual([
      [0, 1],
      [2, 3],
      [4, 5, 6],
    ])
  })

  it.each([
    [3, 3],
    [-1, 3],
    [0.5, 3],
    [0, 0],
    [NaN, 2],
  ])('are refused: index %d of %d', async (index, count) => {
    const ask = pendingUnits(planned.study, memoryStore(), { index, count })
    await expect(ask).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  it.each([1, 2, 3, 4, 8])('%d of them at once give the files of an unbroken run', async (count) => {
    const folder = join(temporaryFolder(), 'new')
    const outcomes = await Promise.all(shardsOf(count).map((shard) => runShard(folder, shard)))
    expect(outcomes.map(({ done }) => done)).toEqual(
      shardsOf(count).map((shard) => shardUnits(planned.study.plan, shard).length),
    )
    expect(await resultsIn(folder)).toEqual(whole)
  })

  it.each([3, 8])('%d of them in order or reversed give them, too', async (count) => {
    for (const shards of [shardsOf(count), shardsOf(count).toReversed()]) {
      const folder = temporaryFolder()
      for (const shard of shards) await runShard(folder, shard)
      expect(await resultsIn(folder)).toEqual(whole)
    }
  })

  it('that run four times at once, each alone, give the same files', async () => {
    const folder = temporaryFolder()
    const runs = Array.from({ length: 4 }, () => runShard(folder, { index: 0, count: 1 }))
    await Promise.all(runs)
    expect(await resultsIn(folder)).toEqual(whole)
  })

  it('with maps on a disk of their own give the same files, and leave no maps', async () => {
    const [folder, scratch] = [temporaryFolder(), temporaryFolder()]
    const settings = { threads: 1, scratch: join(scratch, 'new') }
    const shard = { index: 0, count: 1 }
    const stopped = new AbortController()
    const events = () => ({ unit: () => stopped.abort() })
    await runStudy({ ...planned, folder, shard }, { ...settings, events, signal: stopped.signal })
    await runStudy({ ...planned, folder, shard }, settings)
    expect(await resultsIn(folder)).toEqual(whole)
    expect([existsSync(join(folder, 'maps')), readdirSync(settings.scratch)]).toEqual([false, []])
    // What is done needs its maps no more.
    expect((await runStudy({ ...planned, folder, shard }, settings)).done).toBe(0)
  })

  it('that ran already compute nothing', async () => {
    const folder = temporaryFolder()
    expect((await runShard(folder, { index: 1, count: 3 })).done).toBe(2)
    expect((await runShard(folder, { index: 1, count: 3 })).done).toBe(0)
    expect((await openRun(folder)).finished.map(({ unit }) => unit.from)).toEqual([1, 1])
  })

  it('take units as the folder has them cut', async () => {
    const folder = temporaryFolder()
    const units = planned.record.units.filter(({ from }) => from === 0).map((unit) => ({ ...unit, to: 3 }))
    await beginRun(folderStore(folder), { ...planned.record, units })
    expect((await runShard(folder, { index: 0, count: 2 })).done).toBe(2)
    expect((await runShard(folder, { index: 1, count: 2 })).done).toBe(0)
  })

  it('wait for no lock, but are refused beside a run of the whole study that is alive', async () => {
    const folder = temporaryFolder()
    const release = await lockRunFolder(folder, () => undefined)
    await expect(runShard(folder, { index: 0, count: 3 })).rejects.toThrow(/is in use: process \d+/)
    release()
    writeFileSync(join(folder, 'run.lock'), JSON.stringify({ pid: NOBODY, host: hostname() }))
    expect((await runShard(folder, { index: 0, count: 3 })).done).toBe(2)
  })

  it('are refused in the folder of another study', async () => {
    const folder = temporaryFolder()
    const { run, identity, ...record } = planned.record
    await beginRun(folderStore(folder), { ...record, run, identity: { ...identity, seed: 2 } })
    await expect(runShard(folder, { index: 0, count: 3 })).rejects.toThrow(
      /another study. Changed:\n {2}seed: 2 → 1/,
    )
  })
})

describe('what is studied', () => {
  it.each([
    ['memory', () => memoryStore()],
    ['a folder', () => folderStore(temporaryFolder())],
  ])('is said by the first one in %s', async (_, open) => {
    const store = open()
    const [first, second] = [planned.record, { ...planned.record, created: 'later' }]
    await store.put('study', 'study', first)
    await store.put('study', 'study', second)
    expect(await beginRun(store, second)).toEqual(first)
  })

  it('is written whole, and nothing else is left', () => {
    const folder = temporaryFolder()
    for (const text of ['first', 'second']) writeOnce(join(folder, 'study.json'), text)
    expect(readdirSync(folder)).toEqual(['study.json'])
    expect(readFileSync(join(folder, 'study.json'), 'utf8')).toBe('first')
  })
})

describe('a shard that runs twice at once', () => {
  it('leaves no failure of a unit that the other process finished', async () => {
    const folder = temporaryFolder()
    const store = folderStore(folder)
    await runShard(folder, { index: 0, count: 1 })
    const [unit] = planned.record.units
    await store.put('failure', unit!.id, {
      unit: unit!.id,
      reason: 'the original maps of group 0 are missing',
    })
    expect((await openRun(folder)).failures.units).toEqual([])
  })

  it('keeps original maps readable while they are computed anew', async () => {
    const folder = temporaryFolder()
    const store = folderStore(folder)
    await runShard(folder, { index: 0, count: 3 })
    const maps = await store.list('maps')
    for (const unit of planned.record.units.filter(({ from }) => from === 0))
      await store.remove('unit', unit.id)
    const missing: string[] = []
    const looking = setInterval(() => {
      for (const id of maps) if (!readdirSync(join(folder, 'maps')).includes(`${id}.npy`)) missing.push(id)
    }, 1)
    await runShard(folder, { index: 0, count: 3 })
    clearInterval(looking)
    expect(maps.length).toBeGreaterThan(0)
    expect(missing).toEqual([])
  })
})

/** Disks and process numbers of their own: the system gives them to root alone. In the gate it must. */
function hasNamespaces(): boolean {
  const isRoot = process.getuid?.() === 0 && process.platform === 'linux'
  if (!isRoot && process.env['SALIENCY_REQUIRE_CLUSTER'] === '1')
    throw new Error('This is not root on Linux, and SALIENCY_REQUIRE_CLUSTER asks for it.')
  return isRoot
}

describe.skipIf(!hasNamespaces())('a disk that shards share', { timeout: 240_000 }, () => {
  it('may be full: the shard ends, nothing is damaged, and with more room it has the same files', async () => {
    const folder = join(temporaryFolder(), 'small')
    mkdirSync(folder)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', folder])
    afterAll(() => execFileSync('umount', [folder]))
    const shard = { index: 0, count: 1 }
    await expect(runShard(folder, shard)).rejects.toMatchObject({
      code: 'FILE',
      message: expect.stringMatching(/^[^\n]*(full|no space)[^\n]*$/i),
    })
    expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.tmp'))).toEqual(
      [],
    )
    execFileSync('mount', ['-o', 'remount,size=64m', folder])
    await runShard(folder, shard)
    expect(await resultsIn(folder)).toEqual(whole)
  })

  it('has whole files though two machines with one process number write them at once', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'shared')
    const system = new URL('../dist/system.js', import.meta.url).href
    const writing = (letter: string) => `
      import { writeAtomically } from '${system}'
      if (process.pid !== 1) throw new Error('another number: ' + process.pid)
      for (let i = 0; i < 300; i++) writeAtomically('${file}', '${letter}'.repeat(50_000), false)`
    const alone = ['--pid', '--fork', process.execPath, '--input-type=module', '-e']
    await Promise.all(['a', 'b'].map((letter) => promisify(execFile)('unshare', [...alone, writing(letter)])))
    expect(readdirSync(folder)).toEqual(['shared'])
    expect(readFileSync(file, 'utf8')).toMatch(/^(a{50000}|b{50000})$/)
  })
})
