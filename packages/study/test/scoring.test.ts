import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { type Engine, SaliencyError } from '@saliency/core'
import { describe, expect, it, vi } from 'vitest'
import { executeStudy } from '../src/execute.ts'
import { folderStore } from '../src/node/folder-store.ts'
import { threadCrew } from '../src/node/thread-crew.ts'
import { storedRows } from '../src/store/units.ts'
import type { StudyInputs } from '../src/study-inputs.ts'
import type { Study } from '../src/study.ts'
import { checks as chosen, smallStudy, temporaryFolder } from './small-study.ts'

/** An engine that refuses every plan with a certain output, when it is opened or when it is run. */
const without =
  (output: string, at: 'open' | 'run') =>
  (engine: Engine): Engine => ({
    ...engine,
    async open(plan, weights) {
      const refuse = () => {
        throw new SaliencyError('ENGINE', `no kernel for ${output}`)
      }
      const isRefused = Object.hasOwn(plan.outputs, output)
      if (isRefused && at === 'open') refuse()
      const session = await engine.open(plan, weights)
      return { ...session, run: async (feeds) => (isRefused ? refuse() : session.run(feeds)) }
    },
  })

/** Runs a study in a folder as `runStudy` does, without its description. */
function execute(study: Study, folder: string, threads?: number) {
  return executeStudy(study, folderStore(folder), { openCrew: threadCrew(folder, threads) })
}

describe('scoring beside the engine', () => {
  it(
    'gives the same rows on one thread, on several, and on the engine’s own',
    { timeout: 240_000 },
    async () => {
      const { study } = await smallStudy()
      const folder = temporaryFolder()
      const counts = [0, 1, 3]
      const outcomes = []
      for (const threads of counts) outcomes.push(await execute(study, join(folder, `${threads}`), threads))
      expect(outcomes.map(({ seconds }) => seconds.threads)).toEqual(counts)
      expect(outcomes.every(({ failed }) => failed.length === 0)).toBe(true)
      const [own, one, several] = await Promise.all(
        counts.map((threads) => storedRows(folderStore(join(folder, `${threads}`)))),
      )
      expect(own?.length).toBeGreaterThan(1000)
      expect(own?.every(({ status }) => status !== 'failed')).toBe(true)
      expect(one).toEqual(own)
      expect(several).toEqual(own)
      const file = (threads: number) =>
        readFileSync(join(folder, `${threads}`, 'units', 's0001-g0000.parquet'))
      expect(file(1).equals(file(0))).toBe(true)
      expect(file(3).equals(file(0))).toBe(true)
    },
  )

  it.each(['open', 'run'] as const)(
    'leaves out a variant that the engine cannot %s, and goes on with the rest',
    async (at) => {
      const output = 'guided/guided'
      const checks = chosen({ 'parameter-randomization': { draws: 1, steps: 1 } })
      const { study } = await smallStudy({ checks }, without(output, at))
      const folder = temporaryFolder()
      const { failed } = await execute(study, folder)
      expect(failed).toEqual([])
      const rows = await storedRows(folderStore(folder))
      const of = (id: string) => rows.filter(({ variant }) => variant === id)
      expect(of(output).length).toBeGreaterThan(0)
      expect(of(output).every(({ status, note }) => status === 'failed' && note?.includes('no kernel'))).toBe(
        true,
      )
      expect(of('guided/gradient').length).toBeGreaterThan(50)
      expect(of('guided/gradient').every(({ status }) => status === 'ok')).toBe(true)
    },
  )

  it.skipIf(process.platform !== 'linux')('stops with a clear message when the disk is full', async () => {
    const { study } = await smallStudy({ checks: chosen({ 'class-sensitivity': {} }) })
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'units'))
    vi.spyOn(crypto, 'randomUUID').mockReturnValue('01234567-0-0-0-0')
    symlinkSync(
      '/dev/full',
      join(folder, 'units', `s0000-g0000.parquet.${hostname()}.${process.pid}.01234567.tmp`),
    )
    await expect(execute(study, folder, 0).finally(() => vi.restoreAllMocks())).rejects.toMatchObject({
      code: 'FILE',
      message: expect.stringContaining('the disk is full') as string,
    })
  })

  it('stops where a thread cannot write', async () => {
    const { study } = await smallStudy({ checks: chosen({ 'class-sensitivity': {} }) })
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'units'), 'no folder')
    await expect(execute(study, folder, 1)).rejects.toMatchObject({ code: 'FILE' })
  })
})

describe('a study in little memory', () => {
  const checks = chosen({ 'class-sensitivity': { similarities: 'spearman' } })
  const planned = async (inputs: Partial<StudyInputs>) => (await smallStudy({ checks, ...inputs })).study

  it('opens sessions one after the other, and measures the same within what another batch moves', async () => {
    const ample = await planned({ memory: '100GiB' })
    expect(ample.memory).toMatchObject({ batchSize: 8, perSession: 3, isLean: false })
    const scarce = await planned({ memory: '1MiB' })
    expect(scarce.memory).toMatchObject({ batchSize: 1, perSession: 1, isLean: true })
    expect(scarce.memory.bytes).toBeLessThan(ample.memory.bytes)
    const rows = []
    for (const study of [ample, scarce]) {
      const folder = temporaryFolder()
      await execute(study, folder)
      rows.push((await storedRows(folderStore(folder))).map(({ value }) => value as number))
    }
    const [whole = [], lean = []] = rows
    expect(lean).toHaveLength(whole.length)
    expect(Math.max(...lean.map((value, i) => Math.abs(value - (whole[i] as number))))).toBeLessThan(0.01)
  })

  it('takes the largest batch that fits', async () => {
    const { memory } = await planned({ memory: '100GiB' })
    const sizes = [0.9, 0.5, 0.1].map((share) => memory.bytes * share)
    const plans = []
    for (const bytes of sizes) plans.push((await planned({ memory: bytes })).memory)
    const batches = [memory, ...plans].map(({ batchSize }) => batchSize)
    expect(batches).toEqual(batches.toSorted((a, b) => b - a))
    // A batch larger than the study would be padded with images that nobody asked for.
    const few = await planned({ limit: 3 })
    expect(few.memory.batchSize).toBe(3)
  })
})
