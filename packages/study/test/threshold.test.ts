import { type Check, defineCheck } from '@saliency/core'
import sanity from '@saliency/sanity'
import { expect, it } from 'vitest'
import { selectChecks } from '../src/select-checks.ts'

const thirdParty = defineCheck({
  contract: 1,
  id: 'third-party',
  title: 'Third party',
  references: [],
  options: { threshold: { type: 'number', default: 0.9, minimum: 0, description: 'A bound.' } },
  conditions: () => [],
  score: async () => [],
  summarise: () => ({ findings: [] }),
}) as unknown as Check

const all: readonly Check[] = [...sanity, thirdParty]

it('a threshold reaches every check that has the option, and no other', () => {
  const selected = selectChecks(
    all.map((check) => ({ check })),
    0.3,
  )
  const having = selected.filter(({ options }) => 'threshold' in options)
  expect(having.map(({ check }) => check.id)).toEqual([
    'class-sensitivity',
    'parameter-randomization',
    'data-randomization',
    'smooth-mprt',
    'part-protocols',
    'polarity',
    'third-party',
  ])
  for (const { options } of having) expect(options['threshold']).toBe(0.3)
  expect(selectChecks([{ check: thirdParty }])[0]!.options).toEqual({ threshold: 0.9 })
})
