import type { Engine } from '@saliency/core'
import { shapeImages } from '@saliency/zoo'
import { describe, expect, it } from 'vitest'
import { folderStore, runStudy } from '../src/node.ts'
import { forgetTries, memoryStore, openRun, type PlannedUnit, runStudy as runIn } from '../src/index.ts'
import { countTries, passOver } from '../src/tries.ts'
import { checks, smallStudy, temporaryFolder } from './small-study.ts'

const unit = (id: string): PlannedUnit => ({ id, state: 0, from: 0, to: 1 })
const alone = async () => undefined

describe.each([
  ['memory', () => memoryStore()],
  ['a folder', () => folderStore(temporaryFolder())],
])('tries in %s', (_, open) => {
  it('are counted before a unit begins, and forgotten when it ends', async () => {
    const store = open()
    // Two processes that ended under the unit, as far as the store knows.
    for (let process = 1; process <= 2; process++) {
      await countTries(store).begin(unit('a'), alone)
      expect(await store.get('tries', 'a')).toBe(process)
    }
    const third = countTries(store)
    await third.begin(unit('a'), alone)
    await third.end('a')
    expect(await store.list('tries')).toEqual([])
  })

  it('that were withdrawn count for nothing', async () => {
    const store = open()
    await countTries(store).begin(unit('a'), alone)
    const stopped = countTries(store)
    await stopped.begin(unit('a'), alone)
    await stopped.begin(unit('b'), alone)
    await stopped.withdraw()
    expect([await store.get('tries', 'a'), await store.get('tries', 'b')]).toEqual([1, undefined])
  })

  it('let a unit under which a process ended wait until it is alone', async () => {
    const store = open()
    let waited = 0
    const wait = async () => void (waited += 1)
    await countTries(store).begin(unit('a'), wait)
    expect(waited).toBe(0)
    await countTries(store).begin(unit('a'), wait)
    expect(waited).toBe(1)
  })

  it('pass a unit over at the third, and say so, until they are forgotten', async () => {
    const store = open()
    const units = [unit('a'), unit('b')]
    await store.put('tries', 'a', 2)
    expect((await passOver(store, units)).units).toEqual(units)
    await store.put('tries', 'a', 3)
    const { units: left, failed } = await passOver(store, units)
    expect([left, failed]).toEqual([
      [unit('b')],
      [{ unit: 'a', reason: expect.stringMatching(/^3 processes/) }],
    ])
    expect(await store.get('failure', 'a')).toEqual(failed[0])
    await forgetTries(store)
    expect((await passOver(store, units)).units).toEqual(units)
  })
})

describe('a shard', { timeout: 120_000 }, () => {
  const small = (wrap?: (engine: Engine) => Engine) =>
    smallStudy(
      {
        images: shapeImages({ seed: 1001, count: 16, objects: 1 }),
        checks: checks({ 'class-sensitivity': { similarities: 'spearman' } }),
      },
      wrap,
    )

  it('passes over what was tried too often, finishes the rest, and leaves no count of it', async () => {
    const planned = await small()
    const store = memoryStore()
    const [first] = planned.study.plan.units
    await store.put('tries', first!.id, 3)
    const shard = { index: 0, count: 1 }
    const outcome = await runIn({ ...planned, store, shard })
    expect(outcome.failed.map(({ unit: id }) => id)).toEqual([first!.id])
    expect(outcome.done).toBe(planned.study.plan.units.length - 1)
    expect((await openRun(store)).failures.units).toEqual(outcome.failed)
    expect(await store.list('tries')).toEqual([first!.id])
    // Who runs the whole study watches it: everything is tried again.
    expect((await runIn({ ...planned, store })).done).toBe(1)
    expect([await store.list('tries'), await store.list('failure')]).toEqual([[], []])
  })

  it('that is stopped in the middle of a unit withdraws what it counted', async () => {
    const stop = new AbortController()
    const planned = await small((engine) => ({
      ...engine,
      async open(...args) {
        const session = await engine.open(...args)
        const run: typeof session.run = (...feeds) => {
          stop.abort()
          return session.run(...feeds)
        }
        return { ...session, run, dispose: () => session.dispose() }
      },
    }))
    const folder = temporaryFolder()
    const shard = { index: 0, count: 1 }
    const outcome = await runStudy({ ...planned, folder, shard }, { signal: stop.signal, threads: 0 })
    expect(outcome.interrupted).toBe(true)
    expect(await folderStore(folder).list('tries')).toEqual([])
  })
})
