import { createRandom } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { findsFrom, imagesToDecideMean } from '../src/statistics/unit-power.ts'
import { meanInUnit } from '../src/statistics/unit-mean.ts'

const THRESHOLD = 0.75

/** Agreements of two regions of each image: 0, ½ or 1, of a given mean. */
function agreements(mean: number, count: number, study: number): number[] {
  const coin = createRandom('unit power', mean, count, study)
  return Array.from(
    { length: count },
    () => (Number(coin.uniform() < mean) + Number(coin.uniform() < mean)) / 2,
  )
}

/** Chances that lie about their mean. */
function ranks(mean: number, count: number, study: number): number[] {
  const random = createRandom('unit power ranks', mean, count, study)
  return Array.from({ length: count }, () => Math.min(1, Math.max(0, mean + 0.1 * random.normal())))
}

describe.each([32, 100, 300])('%i images', (count) => {
  test.each([
    ['agreements', agreements],
    ['ranks', ranks],
  ] as const)('%s: what a study says that it would find, four of five studies find', (_, draw) => {
    const said = Array.from({ length: 20 }, (_one, study) => findsFrom(draw(0.6, count, study), THRESHOLD)!)
    const bound = said.reduce((sum, value) => sum + value, 0) / said.length
    expect(bound).toBeGreaterThan(THRESHOLD)
    const studies = 400
    const lows = Array.from({ length: studies }, (_one, i) => meanInUnit(draw(bound, count, 1000 + i)).low)
    const found = lows.filter((low) => low > THRESHOLD).length / studies
    // Values are spread otherwise where their mean is higher: of ranks the tilted ones are spread more.
    expect(found).toBeGreaterThan(0.7)
    if (draw === agreements) expect(found).toBeLessThan(0.93)
  })
})

test('a study of three images finds nothing, however clear', () => {
  expect(findsFrom([1, 1, 1], THRESHOLD)).toBeUndefined()
  expect(findsFrom(Array<number>(40).fill(1), THRESHOLD)).toBeLessThan(1)
})

test('half of the studies with as many images as are said decide', () => {
  const truth = 0.7
  const needed = imagesToDecideMean(agreements(truth, 40, 1).with(0, 0.5), THRESHOLD)!
  expect(needed).toBeGreaterThan(40)
  expect(imagesToDecideMean(agreements(0.1, 40, 1), THRESHOLD)).toBeUndefined()
  expect(imagesToDecideMean([THRESHOLD, THRESHOLD], THRESHOLD)).toBeUndefined()
})
