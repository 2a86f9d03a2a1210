import { describe, expect, test } from 'vitest'
import { aggregationAnswers } from './peer-cases/aggregation-answers.ts'
import { questionOf } from './peer-cases/answer.ts'
import { arithmeticAnswers, numbersOf } from './peer-cases/arithmetic-answers.ts'
import { flat, hasPeerCases, layerReferences, peerCases } from './peer-cases/cases.ts'
import { gradientAnswers } from './peer-cases/gradient-answers.ts'
import { innvestigateAnswer } from './peer-cases/innvestigate-answers.ts'
import { lrpAnswers } from './peer-cases/lrp-answers.ts'
import { notApplicable } from './peer-cases/not-applicable.ts'

/** One known answer, ours to it (if we have one), and how close they must be. */
interface Check {
  readonly id: string
  readonly expected: readonly number[]
  readonly abs: number
  readonly rel: number
  answer?(): Promise<readonly number[]>
}

const answers = { ...lrpAnswers, ...gradientAnswers, ...aggregationAnswers }

const modelCases = peerCases.cases.map((peer): Check => {
  const answer = answers[peer.method]
  const { abs, rel } = peer.tolerance
  return {
    id: peer.id,
    expected: flat(peer.expected),
    abs,
    rel,
    ...(answer && { answer: () => answer(questionOf(peer)) }),
  }
})

const arithmetic = peerCases.arithmetic.map((each): Check => {
  const answer = arithmeticAnswers[each.method]
  const { abs, rel } = each.tolerance
  const ours = answer && { answer: async () => flat(await answer(each)) }
  return { id: each.id, expected: numbersOf(each.expected), abs, rel, ...ours }
})

const layers = layerReferences.flatMap((reference) =>
  Object.entries(reference.layers).map(([layer, one]): Check => {
    const id = `${reference.analyzer}/${layer}`
    return {
      id,
      expected: flat(one.attribution),
      abs: 1e-8,
      rel: 1e-5,
      answer: () => innvestigateAnswer(reference, one),
    }
  }),
)

/** Single precision: what rounding may take away of the largest value. */
const FLOAT32 = 2e-5

function reasonFor(id: string): string | undefined {
  return Object.entries(notApplicable).find(([pattern]) =>
    pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern,
  )?.[1]
}

async function compare({ id, expected, abs, rel, answer }: Check): Promise<void> {
  if (!answer) throw new Error(`${id} has neither an answer nor a reason why not`)
  const actual = await answer()
  expect(actual).toHaveLength(expected.length)
  const largest = Math.max(...expected.map(Math.abs))
  for (const [index, value] of expected.entries()) {
    const difference = Math.abs((actual[index] as number) - value)
    expect(difference, `${id}, number ${index}: ${actual[index]} for ${value}`).toBeLessThanOrEqual(
      abs + rel * Math.abs(value) + FLOAT32 * largest,
    )
  }
}

const groups = [
  ['models', modelCases, 153],
  ['arithmetic', arithmetic, 53],
  ["iNNvestigate's layers", layers, 156],
] as const

describe.skipIf(!hasPeerCases).each(groups)('known answers: %s', (_, checks, total) => {
  const passed: string[] = []
  const inapplicable = checks.filter(({ id }) => reasonFor(id) !== undefined)
  const applicable = checks.filter(({ id }) => reasonFor(id) === undefined)

  test.each(applicable.map((check) => [check.id, check] as const))('%s', async (id, check) => {
    await compare(check)
    passed.push(id)
  })

  test(`${inapplicable.length} are not applicable, and all others passed`, () => {
    for (const { id } of inapplicable) expect(reasonFor(id)?.length, id).toBeGreaterThan(20)
    expect(passed.length + inapplicable.length).toBe(checks.length)
    expect(checks).toHaveLength(total)
  })
})

describe.skipIf(!hasPeerCases)('the table of what is not applicable', () => {
  test('names existing cases only', () => {
    const ids = [...modelCases, ...arithmetic, ...layers].map(({ id }) => id)
    for (const pattern of Object.keys(notApplicable)) {
      const start = pattern.replace('*', '')
      expect(
        ids.some((id) => id.startsWith(start)),
        pattern,
      ).toBe(true)
    }
  })
})
