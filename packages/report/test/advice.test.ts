import type { Finding } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { adviceSection } from '../src/advice/advice-section.ts'
import { saliencyCard } from '../src/advice/card.ts'
import { compareRuns } from '../src/advice/compare-runs.ts'
import { comparisonPage } from '../src/advice/comparison-page.ts'
import { junitXml } from '../src/advice/junit.ts'
import { disagreementOf } from '../src/advice/disagreement.ts'
import { disagreementSection } from '../src/advice/disagreement-section.ts'
import { isTooSmall, powerOfStudy, powerSentence } from '../src/advice/power.ts'
import { recommend } from '../src/advice/recommend.ts'
import { checkRequirements, parseRequirement } from '../src/advice/requirement.ts'
import type { StudyRecord, StudySummary, VariantRecord } from '../src/study.ts'

type Interval = readonly [low: number, high: number]

function verdict(variant: string, outcome: string, interval: Interval): Finding {
  const value = (interval[0] + interval[1]) / 2
  const base = { kind: 'verdict', variant, metric: 'verdict', outcome, value, interval, images: 100 }
  return { ...base, undefinedCount: 0, thresholds: [], changes: false } as unknown as Finding
}

function variantOf(id: string): VariantRecord {
  const record = { id, handling: 'signed', start: 'one-hot', control: id.startsWith('control'), options: {} }
  return {
    ...record,
    method: 'm',
    title: id,
    description: `What ${id} computes.`,
    references: [],
  } as unknown as VariantRecord
}

const ids = ['m/strong', 'm/equal', 'm/weak', 'm/blind', 'm/open', 'control/edges']
const record = {
  run: 'abc',
  identity: {
    model: { name: 'net', sha256: '0123456789abcdef' },
    images: { name: 'photos', count: 100 },
    variants: ids.map(variantOf),
    checks: [{ title: 'Class sensitivity', options: { draws: 1 } }],
    engine: { id: 'e', version: '1' },
    seed: 1,
    versions: {},
  },
} as unknown as StudyRecord

function summaryOf(findings: readonly Finding[]): StudySummary {
  return {
    checks: [{ id: 'class-sensitivity', title: 'Class sensitivity', findings }],
    failures: [],
    rows: 1,
  }
}
const summary = summaryOf([
  verdict('m/strong', 'depends', [0.0, 0.1]),
  verdict('m/equal', 'depends', [0.05, 0.15]),
  verdict('m/weak', 'depends', [0.3, 0.4]),
  verdict('m/blind', 'does not depend', [0.8, 0.9]),
  verdict('m/open', 'undecided', [0.4, 0.6]),
  verdict('control/edges', 'static', [1, 1]),
])

describe('disagreement', () => {
  const measured = (variant: string, metric: string, value: number, half = 0.01) =>
    ({
      variant,
      metric,
      value,
      interval: [value - half, value + half],
      images: 100,
      undefinedCount: 0,
    }) as Finding
  const better = { deletion: 'lower', insertion: 'higher' } as const
  const metricsOf = (findings: readonly Finding[]): StudySummary => ({
    ...summary,
    checks: [...summary.checks, { id: 'faith', title: 'Faithfulness', better, findings }],
  })
  const findings = [
    measured('m/strong', 'deletion', 0.5),
    measured('m/equal', 'deletion', 0.2),
    measured('m/weak', 'deletion', 0.205),
    measured('m/blind', 'deletion', 0.1),
    measured('m/open', 'deletion', 0.3, 0.15),
    measured('control/edges', 'deletion', 0),
    measured('m/strong', 'insertion', 0.1),
    measured('m/equal', 'insertion', 0.9),
    measured('m/weak', 'insertion', 0.3),
    measured('m/blind', 'insertion', 0.4),
    measured('m/open', 'insertion', 0.5),
  ]

  test('ranks are ties where intervals overlap, whichever end is better; controls do not count', () => {
    const { metrics, variants } = disagreementOf(record, metricsOf(findings))!
    expect(metrics).toEqual(['deletion', 'insertion'])
    const ranks = Object.fromEntries(
      variants.map((one) => [one.variant, one.ranks.map((each) => each?.rank)]),
    )
    expect(ranks).toEqual({
      'm/strong': [5, 5],
      'm/equal': [2, 1],
      'm/weak': [2, 4],
      'm/blind': [1, 3],
      'm/open': [2, 2],
    })
    expect(variants.map(({ spread }) => spread)).toEqual([
      [5, 5],
      [1, 2],
      [2, 4],
      [1, 3],
      [2, 2],
    ])
  })

  test('contradictions of faithfulness and dependence are said in words', () => {
    const { contradictions } = disagreementOf(record, metricsOf(findings))!
    expect(contradictions).toEqual([
      expect.stringMatching(/^m\/strong depends on class, and every metric/),
      expect.stringMatching(
        /^m\/blind is among the best by deletion, and comes out as 'does not depend' on class/,
      ),
    ])
    const text = disagreementSection(record, metricsOf(findings)).html
    expect(text).toContain('m/blind is among the best')
    expect(text).toContain('<td title=".20">2</td>')
  })

  test('nothing is compared where there is one metric, and no win counts where all are tied', () => {
    expect(disagreementOf(record, summary)).toBeUndefined()
    const tied = ids.flatMap((id) => [measured(id, 'deletion', 0.1), measured(id, 'insertion', 0.1)])
    expect(disagreementOf(record, metricsOf(tied))!.contradictions).toEqual([])
  })
})

describe('power', () => {
  const finding = (variant: string, finds: number | undefined, outcome = 'depends') =>
    ({ ...verdict(variant, outcome, [0, 0.1]), ...(finds !== undefined && { finds }) }) as Finding

  test('the middle variant stands for the study; controls do not count', () => {
    const findings = [
      finding('m/strong', 0.3),
      finding('m/equal', 0.4),
      finding('m/weak', -0.1),
      finding('control/edges', -1),
    ]
    const [power] = powerOfStudy(record, summaryOf(findings))
    expect(power).toEqual({ axis: 'class', variants: 3, blind: 1, finds: 0.3 })
    expect(isTooSmall(power!)).toBe(false)
    expect(powerSentence(power!)).toContain('if e is at most .30')
  })

  test('a study that may miss that nothing survives says so first; one draw tells nothing', () => {
    const small = [finding('m/strong', -0.3), finding('m/equal', 0.1), finding('m/weak', -0.1)]
    const [power] = powerOfStudy(record, summaryOf(small))
    expect(powerSentence(power!)).toContain('too small to tell: of 2 of 3 variants')
    const page = adviceSection(record, summaryOf(small)).html
    expect(page.indexOf('too small to tell')).toBeLessThan(page.indexOf('Can be used'))
    const drawn = [finding('m/strong', undefined, 'undecided')]
    expect(powerSentence(powerOfStudy(record, summaryOf(drawn))[0]!)).toContain('cannot tell')
  })

  test('the sign and truth axes say from which value on they find anything', () => {
    const measured = (variant: string, findsFrom: number | null) => {
      const base = { variant, metric: 'polarity', outcome: 'undecided', value: 0.4, images: 32 }
      return { ...base, undefinedCount: 0, details: { findsFrom } }
    }
    const on = (findings: readonly Finding[]) =>
      powerOfStudy(record, { ...summaryOf([]), checks: [{ id: 'polarity', title: 'Sign', findings }] })
    const [power] = on([measured('m/strong', 0.7), measured('m/equal', 0.8), measured('m/weak', null)])
    expect(power).toEqual({ axis: 'sign', variants: 3, blind: 1, finds: 0.7 })
    expect(powerSentence(power!)).toContain('agrees with the logit beyond chance by at least .70')
    const [small] = on([measured('m/strong', null), measured('m/equal', null)])
    expect(isTooSmall(small!)).toBe(true)
    expect(powerSentence(small!)).toContain('it may miss a sign that always holds')
  })
})

describe('the recommendation', () => {
  const advice = recommend(record, summary)

  test('usable variants come first, ties share a rank, controls are left out', () => {
    expect(advice.map(({ variant, use, rank }) => [variant, use, rank])).toEqual([
      ['m/strong', 'yes', 1],
      ['m/equal', 'yes', 1],
      ['m/weak', 'yes', 3],
      ['m/open', 'undecided', undefined],
      ['m/blind', 'no', undefined],
    ])
  })

  test('each has a reason in words', () => {
    expect(advice.at(-1)!.reasons[0]).toBe(
      'It does not depend on the explained class: the map would be the same without it.',
    )
    expect(advice[3]!.reasons[0]).toContain('It is undecided whether it depends on the explained class')
  })

  test('a variant that no check judges is undecided, and says so', () => {
    const [first] = recommend(record, summaryOf([]))
    expect(first).toMatchObject({ use: 'undecided', reasons: ['No check of this study judges it.'] })
  })
})

describe('requirements', () => {
  const known = { variants: ids, checks: ['class-sensitivity', 'polarity', 'own-check'] }

  test.each([
    'sign=undecided',
    'polarity=the sign is reversed',
    'own-check=the sign holds',
    'class=undefined',
  ])('%s can be required', (text) => expect(parseRequirement(`m/strong: ${text}`, known)).toHaveLength(1))

  test('are read, and compared with what was found', () => {
    const requirements = [
      ...parseRequirement('m/strong: class=depends', known),
      ...parseRequirement('m/blind:class-sensitivity = depends', known),
    ]
    const required = checkRequirements(requirements, summary)
    expect(required.map(({ holds, found }) => [holds, found])).toEqual([
      [true, 'depends'],
      [false, 'does not depend'],
    ])
    const xml = junitXml('abc', required, {
      ...summary,
      failures: [{ variant: 'm/weak', check: 'c', note: '<x>', count: 2 }],
    })
    expect(xml).toContain('<testsuite name="m/blind" tests="1" failures="1" errors="0"')
    expect(xml).toContain('<failure message="found: does not depend">')
    expect(xml).toContain('&#60;x&#62; (2 times)')
  })

  test.each([
    ['m/strnog: class=depends', "Did you mean 'm/strong'?"],
    ['m/strong: clas=depends', "Did you mean 'class'?"],
    ['m/strong: parameters=depends', "the study has no axis 'parameters'"],
    ['m/strong: class=depend', "Did you mean 'depends'?"],
    ['m/strong class=depends', 'there is no colon'],
    ['m/strong: class', "the axis 'class' has no outcome ''"],
    [
      'm/strong: class=the sign holds',
      "the axis 'class' has no outcome 'the sign holds'. There are depends,",
    ],
    ['m/strong: sign=depends', "the axis 'sign' has no outcome 'depends'. There are the sign holds,"],
    ['m/strong: polarity=depends', "the axis 'polarity' has no outcome 'depends'"],
    ['m/strong: own-check=dependz', "Did you mean 'depends'?"],
  ])('%s is refused', (text, message) => {
    expect(() => parseRequirement(text, known)).toThrow(message)
  })
})

describe('two runs', () => {
  const before = { record, summary }

  test('a run beside itself has not changed', () => {
    const { differences, settings } = compareRuns(before, before)
    expect(differences).toHaveLength(ids.length)
    expect(differences.some(({ changed, beyondChance }) => changed || beyondChance)).toBe(false)
    expect(settings).toEqual([])
  })

  test('a changed verdict, and whether chance could have changed it', () => {
    const after = {
      record: { ...record, identity: { ...record.identity, seed: 2 } },
      summary: summaryOf([
        verdict('m/strong', 'does not depend', [0.8, 0.9]),
        verdict('m/equal', 'undecided', [0.1, 0.6]),
      ]),
    }
    const comparison = compareRuns(before, after)
    const said = comparison.differences.map(({ variant, changed, beyondChance }) => [
      variant,
      changed,
      beyondChance,
    ])
    expect(said).toEqual([
      ['m/strong', true, true],
      ['m/equal', true, false],
    ])
    expect(comparison.settings).toEqual([{ setting: 'seed', before: '1', after: '2' }])
    const page = comparisonPage(comparison, before, after)
    expect(page).toContain('Verdicts: 2 of 2 changed')
    expect(page).toContain('intervals do not touch')
  })

  test('with other checks, or no common variant, cannot be compared', () => {
    const identity = { ...record.identity, checks: [{ title: 'Class sensitivity', options: { draws: 2 } }] }
    const other = { record: { ...record, identity } as unknown as StudyRecord, summary }
    expect(() => compareRuns(before, other)).toThrow('Class sensitivity is not in both with equal options')
    const stranger = {
      ...record,
      identity: { ...record.identity, variants: [variantOf('x/y')] },
    } as StudyRecord
    expect(() => compareRuns(before, { record: stranger, summary })).toThrow('they share no variant')
  })
})

describe('the saliency card', () => {
  test('has the ten attributes, the evidence of the run, and says what was not measured', () => {
    const card = saliencyCard('m/blind', record, summary)
    for (const attribute of [
      'Determinism',
      'Hyperparameter Dependence',
      'Model Agnosticism',
      'Computational Efficiency',
      'Semantic Directness',
      'Input Sensitivity',
      'Label Sensitivity',
      'Model Sensitivity',
      'Minimality',
      'Perceptual Correspondence',
    ])
      expect(card).toContain(`### ${attribute}\n`)
    expect(card).toContain(
      '🟥 **Class Sensitivity (beyond the template)**: does not depend, .850 [.800, .900]',
    )
    expect(card).toContain('**ROAR**: not measured in this run.')
  })

  test('of a variant that the run does not have is refused', () => {
    expect(() => saliencyCard('m/none', record, summary)).toThrow("the run has no variant 'm/none'")
  })
})
