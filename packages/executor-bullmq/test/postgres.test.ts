import { describe, expect, it } from 'vitest'
import { hasPostgres, openPostgres, project, until } from './cluster.ts'

describe.skipIf(!hasPostgres())('workers on Postgres', { timeout: 180_000 }, () => {
  it('compute what an unbroken run does, though one is killed; where there is no queue yet they say so once', async () => {
    const study = project({ images: { procedural: 'shapes', count: 16 } })
    const whole = study.saliency('run', '--out', 'whole')
    const on = ['--out', 'shared', '--on', await openPostgres()]
    expect(await whole.ended).toBe(0)

    const early = study.saliency('worker', ...on)
    expect(await early.ended).toBe(2)
    expect(early.said().trim().split('\n')).toEqual([
      expect.stringMatching(
        /^error: --on postgres:.*: it holds no queues yet: `saliency run` with the same --on/,
      ),
    ])

    const run = study.saliency('run', ...on)
    await until(() => run.said().includes('submitted') || run.process.exitCode !== null)
    const worker = () => study.saliency('worker', ...on, '--lease', '2')
    const [victim, other] = [worker(), worker()]
    await until(() => study.unitsIn('shared').length > 0 || run.process.exitCode !== null)
    victim.process.kill('SIGKILL')
    expect([await run.ended, run.said()]).toEqual([0, expect.any(String)])
    other.process.kill('SIGTERM')
    expect(await other.ended).toBe(130)
    expect(study.resultsIn('shared')).toEqual(study.resultsIn('whole'))
  })
})
