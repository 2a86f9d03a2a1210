import { expect, it } from 'vitest'
import { tallyImages } from '../src/judged-images.ts'
import type { StudyRow } from '../src/store/rows.ts'

const row = (image: string, value: number | null, more: Partial<StudyRow> = {}) =>
  ({ check: 'c', variant: 'm/v', metric: 'spearman', image, value, ...more }) as StudyRow
const verdict = { kind: 'verdict', similarity: 'spearman' }

it('means are those of the first check with verdicts: of the same image, by its similarity, without controls', () => {
  const tally = tallyImages(new Set(['baseline/edges']))
  tally.add([row('other', 1)])
  tally.endCheck({ findings: [] })
  tally.add([row('a', 0.2), row('a', 0.4), row('b', null), row('b', 0.5)])
  tally.add([
    row('a', 9, { other: 'b' }),
    row('a', 9, { metric: 'ssim' }),
    row('a', 9, { variant: 'baseline/edges' }),
  ])
  tally.endCheck({ findings: [verdict as never] })
  tally.add([row('late', 1)])
  tally.endCheck({ findings: [verdict as never] })
  expect([...tally.similarity]).toEqual([
    ['a', (0.2 + 0.4) / 2],
    ['b', 0.5],
  ])
  expect(tally.seen).toEqual(new Set(['other', 'a', 'b', 'late']))
})
