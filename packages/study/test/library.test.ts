import { createHash } from 'node:crypto'
import { tensor, type Weights } from '@saliency/core'
import sanity from '@saliency/sanity'
import { describe, expect, it } from 'vitest'
import { weightsHash } from '../src/fingerprint.ts'
import { judgeStudy } from '../src/index.ts'
import { describeMachine, openRun, runStudy } from '../src/node.ts'
import { checks, smallStudy, temporaryFolder } from './small-study.ts'

describe('a study of what is handed in', { timeout: 120_000 }, () => {
  it('has the same rows whatever is known of packages and of the machine', async () => {
    const given = { limit: 9, checks: checks({ 'class-sensitivity': { similarities: 'spearman' } }) }
    const [known, bare] = [await smallStudy(given), await smallStudy({ ...given, origins: new Map() })]
    expect(known.record.identity.checks[0]).toMatchObject({ package: '@saliency/sanity' })
    expect(bare.record).toMatchObject({ identity: { seed: 1, versions: {}, checks: [{ package: '' }] } })

    const rows = []
    for (const planned of [known, bare]) {
      const folder = temporaryFolder()
      const { done, failed } = await runStudy({ ...planned, folder })
      expect([done, failed]).toEqual([2, []])
      const run = await openRun(folder)
      rows.push((await run.rows()).map((row) => ({ ...row, run: '' })))
      const { summary } = await judgeStudy(run, { checks: sanity })
      expect(summary.checks.map(({ id }) => id)).toEqual(['class-sensitivity'])
      // What is not handed in judges nothing, and that is said.
      const without = (await judgeStudy(run, { checks: [] })).summary.checks[0]
      expect(without).toMatchObject({ findings: [], notes: [expect.stringMatching(/is not installed/)] })
    }
    expect(rows[1]).toEqual(rows[0])
  })

  it('is of the same weights, whoever computes SHA-256', () => {
    const weights: Weights = new Map([
      ['b', tensor(Float32Array.of(3), [1])],
      ['a', tensor(Float32Array.of(1, 2), [1, 2])],
    ])
    const bytes = [Buffer.from('a[1,2]'), floats(1, 2), Buffer.from('b[1]'), floats(3)]
    const right = createHash('sha256').update(Buffer.concat(bytes)).digest('hex')
    expect(weightsHash(weights)).toBe(right)
    expect(weightsHash(weights, describeMachine().sha256)).toBe(right)
  })
})

/** Float32 values, lowest byte first. */
function floats(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [at, value] of values.entries()) bytes.writeFloatLE(value, 4 * at)
  return bytes
}
