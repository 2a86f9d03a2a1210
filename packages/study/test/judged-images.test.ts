import { expect, it } from 'vitest'
import { sumsOf, tallyImages } from '../src/judged-images.ts'
import type { StudyRow } from '../src/store/rows.ts'

const row = (image: string, value: number | null, more: Partial<StudyRow> = {}) =>
  ({ check: 'c', variant: 'm/v', metric: 'spearman', image, value, ...more }) as StudyRow
const verdict = { kind: 'verdict', similarity: 'spearman' }

it('means are those of the first check with verdicts: of the same image, by its similarity, without controls', () => {
  const tally = tallyImages(new Set(['baseline/edges']))
  const add = (variant: string, rows: readonly StudyRow[]) => tally.add(sumsOf(rows, tally.wants(variant)))
  add('m/v', [row('other', 1)])
  tally.endCheck({ findings: [] })
  add('m/v', [row('a', 0.2), row('a', 0.4), row('b', null)])
  add('m/w', [row('b', 0.5), row('a', 9, { other: 'b' }), row('a', 9, { metric: 'ssim' })])
  add('baseline/edges', [row('a', 9)])
  tally.endCheck({ findings: [verdict as never] })
  add('m/v', [row('late', 1)])
  tally.endCheck({ findings: [verdict as never] })
  expect([...tally.similarity]).toEqual([
    ['a', (0.2 + 0.4) / 2],
    ['b', 0.5],
  ])
  expect(tally.seen).toEqual(new Set(['other', 'a', 'b', 'late']))
})
