import { describe, expect, test } from 'vitest'
import { type Answer, questionOf } from './peer-cases/answer.ts'
import { flat, hasPeerCases, peerCases } from './peer-cases/cases.ts'
import { aggregationAnswers } from './peer-cases/aggregation-answers.ts'
import { gradientAnswers } from './peer-cases/gradient-answers.ts'
import { lrpAnswers } from './peer-cases/lrp-answers.ts'

const answers: Readonly<Record<string, Answer>> = { ...lrpAnswers, ...gradientAnswers, ...aggregationAnswers }

/** The file is in float64, engines in float32: the README's advice is abs 2e-4, rel 1e-3, relative to the largest value. */
function worst(actual: readonly number[], expected: readonly number[]): number {
  const largest = Math.max(...expected.map(Math.abs), 1e-30)
  return Math.max(...expected.map((value, index) => Math.abs(value - (actual[index] as number)))) / largest
}

describe.skipIf(!hasPeerCases)('known answers of other libraries', () => {
  test.each(
    peerCases.cases.filter(({ method }) => method in answers).map((peer) => [peer.id, peer] as const),
  )('%s', async (_, peer) => {
    const actual = await (answers[peer.method] as Answer)(questionOf(peer))
    const expected = flat(peer.expected)
    expect(actual).toHaveLength(expected.length)
    const error = worst(actual, expected)
    if (process.env['PEER_CASES']) process.stdout.write(`${peer.id} ${error.toExponential(1)}\n`)
    expect(error).toBeLessThan(1e-4)
  })
})
