import { describe, expect, test } from 'vitest'
import { agreementOf, agreementOn, agreementSentence } from '../src/advice/protocols.ts'

describe('agreement with published protocols', () => {
  const base = { metric: 'spearman', images: 6, undefinedCount: 0, variant: 'guided/guided' }
  const said = (published: string, axis: string, says: string) => ({
    ...base,
    value: 0.2,
    details: { published, axis, says },
  })
  const verdict = (outcome: 'depends' | 'static') =>
    ({
      ...base,
      kind: 'verdict',
      value: 0.1,
      outcome,
      thresholds: [],
      changes: false,
      similarity: 'spearman',
      draws: 1,
      emptySteps: 0,
    }) as const
  const protocols = [
    said('adebayo-2018', 'parameters', 'depends'),
    said('binder-2023', 'parameters', 'does not depend'),
    said('hedstrom-2024', 'parameters', 'undefined'),
    said('sixt-2020', 'class', 'depends'),
  ]
  const judgedAs = (outcome: 'depends' | 'static') => ({
    rows: 1,
    failures: [],
    checks: [
      { id: 'parameter-randomization', title: 'Parameters', findings: [verdict(outcome)] },
      { id: 'published-protocols', title: 'Published protocols', findings: protocols },
    ],
  })

  test('counts those of the same axis that have an answer', () => {
    const [agreement, ...others] = agreementOn('guided/guided', judgedAs('depends'))
    expect(others).toEqual([])
    expect(agreement).toMatchObject({ axis: 'parameters', outcome: 'depends', holds: 1, of: 2 })
    expect(agreementSentence(agreement!)).toBe(
      "'depends' on parameters holds under 1 of 2 published protocols (binder-2023: does not depend).",
    )
  })

  test('takes a static map for one that depends on nothing', () => {
    expect(agreementOn('guided/guided', judgedAs('static'))[0]).toMatchObject({ holds: 1, of: 2 })
  })

  test('is empty where the study asked none', () => {
    expect(agreementOf([{ id: 'guided/gradient' }], judgedAs('depends'))).toEqual([])
  })
})
