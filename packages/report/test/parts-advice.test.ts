import type { Finding } from '@saliency/core'
import { expect, test } from 'vitest'
import { toneOf, verdictsOn } from '../src/advice/axes.ts'
import { powerOfStudy, powerSentence } from '../src/advice/power.ts'
import { recommend } from '../src/advice/recommend.ts'
import { checkRequirements, parseRequirement } from '../src/advice/requirement.ts'
import type { StudyRecord, StudySummary } from '../src/study.ts'

const record = { identity: { variants: [{ id: 'm/one', control: false }] } } as unknown as StudyRecord

function summaryOf(outcome: string): StudySummary {
  const base = { variant: 'm/one', metric: 'parts', value: 0.4, images: 32, undefinedCount: 0 }
  const finding: Finding = { ...base, outcome, details: { findsFrom: 0.7 } }
  return {
    checks: [{ id: 'part-protocols', title: 'Parts', findings: [finding] }],
  } as unknown as StudySummary
}

test('the parts axis says from which value on it finds anything', () => {
  const [power] = powerOfStudy(record, summaryOf('undecided'))
  expect(powerSentence(power!)).toContain('On the parts axis four of five studies of this size find')
})

test.each([
  'the control wins',
  'better than the control',
  'as good as the control',
  'not told apart from the control',
])('%s is said in words', (outcome) => {
  const { checks } = summaryOf(outcome)
  const summary = { checks: [{ ...checks[0]!, id: 'goodhart' }] } as unknown as StudySummary
  expect(recommend(record, summary)[0]!.reasons[0]).toContain('made for deletion itself')
})

test.each([
  ['finds the parts', 'good'],
  ['ranks the parts otherwise', 'bad'],
  ['confuses the objects', 'bad'],
])('%s has a tone, a sentence of its own, and can be required', (outcome, tone) => {
  const summary = summaryOf(outcome)
  expect(verdictsOn('m/one', summary)).toMatchObject([{ axis: 'parts', outcome }])
  expect(toneOf(outcome)).toBe(tone)
  expect(recommend(record, summary)[0]!.reasons[0]).not.toMatch(/^parts:/)
  const required = parseRequirement(`m/one: parts=${outcome}`, {
    variants: ['m/one'],
    checks: ['part-protocols'],
  })
  expect(checkRequirements(required, summary)[0]!.holds).toBe(true)
})
