import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { judgeStudy, openRun, planStudy, runStudy } from '@saliency/toolkit'
import { saliency, temporaryFolder } from './project.ts'

const root = temporaryFolder()
const config = {
  model: 'residual',
  images: { procedural: 'shapes' as const, count: 10 },
  methods: ['guided/gradient', 'guided/guided'],
  checks: [
    ['class-sensitivity', { similarities: 'spearman' }],
    ['parameter-randomization', { similarities: 'spearman', draws: 1, steps: 1 }],
  ] as [string, Record<string, string | number>][],
  groups: 1,
  out: 'program',
}

describe('a study from a program', { timeout: 120_000 }, () => {
  it('computes nothing when it is planned, and writes what the command writes when it runs', async () => {
    const planned = await planStudy(config, { root })
    expect(planned.folder).toBe(join(root, 'program'))
    expect(planned.study.plan.units.map(({ id }) => id)).toEqual([
      's0000-g0000',
      's0000-g0001',
      's0001-g0000',
      's0001-g0001',
    ])
    await expect(openRun(planned.folder)).rejects.toThrow(/no run folder/)
    const told: number[] = []
    const first = await runStudy(planned, { events: (pending) => (told.push(pending.length), {}) })
    expect(first).toMatchObject({ done: 4, failed: [], interrupted: false })
    // One unit is lost: the same call computes it and nothing else.
    rmSync(join(root, 'program', 'units', 's0001-g0000.parquet'))
    expect((await openRun(planned.folder)).finished.map(({ unit }) => unit.id)).not.toContain('s0001-g0000')
    expect((await runStudy(planned, { events: (pending) => (told.push(pending.length), {}) })).done).toBe(1)
    expect(told).toEqual([4, 1])

    const run = await openRun(planned.folder)
    const { summary, images } = await judgeStudy(run)
    const rows = await run.rows()
    expect(images.seen).toEqual(new Set(rows.map(({ image }) => image)))
    expect(summary.rows).toBe(rows.length)
    expect(summary.checks.map(({ id }) => id)).toEqual(['class-sensitivity', 'parameter-randomization'])

    const { code } = await saliency(['report', planned.folder])
    expect(code).toBe(0)
    const written = JSON.parse(readFileSync(join(planned.folder, 'summary.json'), 'utf8')) as object
    expect(written).toMatchObject(JSON.parse(JSON.stringify(summary)) as object)
  })

  it('stops when it is told to, and goes on', async () => {
    const planned = await planStudy({ ...config, out: 'stopped' }, { root })
    const controller = new AbortController()
    const events = () => ({ unit: () => controller.abort() })
    const stopped = await runStudy(planned, { signal: controller.signal, events })
    expect(stopped.interrupted).toBe(true)
    expect((await runStudy(planned)).interrupted).toBe(false)
    const whole = await (await openRun(join(root, 'program'))).rows()
    expect(await (await openRun(planned.folder)).rows()).toEqual(whole)
  })

  it('is refused where the folder holds another one', async () => {
    const planned = await planStudy({ ...config, seed: 2 }, { root })
    await expect(runStudy(planned)).rejects.toThrow(/holds another study[^]*seed: 1 → 2/)
  })
})
