import type { Check, Contrast } from '@saliency/core'
import { expect, it } from 'vitest'
import type { StudyRow } from '../src/store/rows.ts'
import type { StudyRecord } from '../src/store/study-record.ts'
import { rowsInMemory } from '../src/store/row-source.ts'
import { summariseStudy } from '../src/summarise.ts'

/** A check whose summary is one contrast with this p value. */
function contrasting(id: string, p: number): Check {
  const finding: Contrast = {
    kind: 'contrast',
    variant: 'm/v',
    metric: 'retained-dependence',
    value: 0.1,
    images: 8,
    undefinedCount: 0,
    counterpart: 'm/w',
    dependence: 0.05,
    counterpartDependence: 0.5,
    p,
  }
  return {
    contract: 1,
    id,
    title: id,
    references: [],
    options: {},
    conditions: () => [],
    score: async () => [],
    summarise: () => ({ findings: [finding] }),
  }
}

it('corrects the contrasts of all checks together: the family of tests is the run’s', async () => {
  const checks = [contrasting('classes', 0.03), contrasting('parameters', 0.02), contrasting('other', 0.5)]
  const recorded = checks.map(({ id, title, references }) => ({ id, title, references, options: {} }))
  const record = { identity: { checks: recorded, variants: [] } } as unknown as StudyRecord
  const rows = checks.map(({ id }) => ({ check: id, variant: 'm/v', metric: 'x', status: 'ok' }) as StudyRow)
  const { summary } = await summariseStudy(record, rowsInMemory(rows), { checks })
  const corrected = summary.checks.map(({ findings }) => findings[0] as Contrast)
  // Holm: 3 · .02, then the larger of that and 2 · .03, then .5.
  expect(corrected.map(({ pHolm }) => pHolm)).toEqual([0.06, 0.06, 0.5])
  expect(corrected.map(({ pairs }) => pairs)).toEqual([3, 3, 3])
})

it('an option that a run does not have, since its check got it later, has its default', async () => {
  const seen: unknown[] = []
  const bound = { type: 'number', default: 0.5, description: 'A bound.' } as const
  const check: Check = {
    ...contrasting('later', 0.1),
    options: { old: { ...bound, default: 1 }, threshold: bound },
    summarise: (_, { options }) => {
      seen.push(options)
      return { findings: [] }
    },
  }
  const recorded = { id: 'later', title: 'later', references: [], options: { old: 2 } }
  const record = { identity: { checks: [recorded], variants: [] } } as unknown as StudyRecord
  const row = { check: 'later', variant: 'm/v', metric: 'x', status: 'ok' } as StudyRow
  await summariseStudy(record, rowsInMemory([row]), { checks: [check] })
  await summariseStudy(record, rowsInMemory([row]), { checks: [check], threshold: 0.3 })
  expect(seen).toEqual([
    { old: 2, threshold: 0.5 },
    { old: 2, threshold: 0.3 },
  ])
})
