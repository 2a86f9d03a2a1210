import { createRandom } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { effectOf } from '../src/statistics/effect.ts'
import type { Estimate } from '../src/statistics/estimate.ts'
import { findsUpTo, imagesToDecide } from '../src/statistics/power.ts'
import { judge } from '../src/statistics/verdict.ts'
import { type Population, simulate, TRUTH } from './simulation.ts'

const full = Number(process.env['SALIENCY_CALIBRATION'] ?? 0)
/** Draws of random weights move all images together; where each image has draws of its own, nothing does. */
const populationOf = (sharedDraws: boolean): Population => ({
  name: 'power',
  image: 0.15,
  draw: sharedDraws ? 0.03 : 0,
  both: 0.1,
})
const sizes = [32, 100, 300].flatMap(
  (images) =>
    [
      { images, draws: 1, sharedDraws: false },
      { images, draws: 1, sharedDraws: true },
      { images, draws: 5, sharedDraws: true },
    ] as const,
)

/** s that gives e. */
const shiftFor = (survival: number) => survival * (1 - TRUTH.chance) + TRUTH.chance - TRUTH.same

/** A full run has an hour, as one that prints the protocol page's table. */
const patience = full ? { timeout: 3_600_000 } : {}

describe.each(sizes)('$images images, $draws draws, shared: $sharedDraws', patience, (size) => {
  const random = createRandom('power', size.images, size.draws, String(size.sharedDraws))
  const population = populationOf(size.sharedDraws)
  const run = (survival: number) => effectOf(simulate(population, size, random, shiftFor(survival)))
  const studies = full || Math.round(3200 / size.images) + 50
  const margin = (share: number) => 3 * Math.sqrt((share * (1 - share)) / studies)

  test('few verdicts are false, and intervals hold the truth', () => {
    for (const [truth, wrong] of [
      [0.35, 'does not depend'],
      [0.48, 'does not depend'],
      [0.52, 'depends'],
      [0.65, 'depends'],
    ] as const) {
      let [isFalse, held, intervals] = [0, 0, 0]
      for (let i = 0; i < studies; i++) {
        const effect = run(truth)
        isFalse += Number(judge(effect).outcome === wrong)
        const { interval } = effect.survival as Estimate
        if (!interval) continue
        intervals += 1
        held += Number(interval[0] <= truth && truth <= interval[1])
      }
      expect(isFalse / studies, `${wrong} at ${truth}`).toBeLessThanOrEqual(0.05 + (full ? 0 : margin(0.05)))
      if (size.sharedDraws && size.draws === 1) expect(intervals).toBe(0)
      else expect(held / studies, `coverage at ${truth}`).toBeGreaterThanOrEqual(0.93 - margin(0.93))
    }
  })

  test('what a study says that it would find, four of five studies find', () => {
    const said = Array.from({ length: 20 }, () => findsUpTo(run(0.2).survival as Estimate, 0.5))
    if (size.sharedDraws && size.draws === 1) return expect(new Set(said)).toEqual(new Set([undefined]))
    const bound = said.reduce<number>((sum, value) => sum + value!, 0) / said.length
    let found = 0
    for (let i = 0; i < studies; i++) found += Number(judge(run(bound)).outcome === 'depends')
    // With few draws a study's own spread is a rough guide.
    const slack = size.draws > 1 ? 0.12 : 0.05
    expect(found / studies).toBeGreaterThan(0.8 - slack - margin(0.8))
    expect(found / studies).toBeLessThan(0.8 + slack + margin(0.8))
    return undefined
  })
})

test('of studies with as many images as are said to decide, about half decide; of larger ones, most', () => {
  const random = createRandom('images that decide')
  const population = populationOf(false)
  const truth = 0.44
  const size = (images: number) => ({ images, draws: 1, sharedDraws: false })
  const small = effectOf(simulate(population, size(32), random, shiftFor(truth)))
  const needed = imagesToDecide({ ...(small.survival as Estimate), value: truth }, 0.5)!
  expect(needed).toBeGreaterThan(32)
  const share = (images: number) => {
    let decided = 0
    for (let i = 0; i < 100; i++)
      decided += Number(
        judge(effectOf(simulate(population, size(images), random, shiftFor(truth)))).outcome === 'depends',
      )
    return decided / 100
  }
  // Of studies whose interval is expected to end at the threshold, half decide; of twice that size, most.
  expect(share(needed)).toBeGreaterThan(0.25)
  expect(share(2 * needed)).toBeGreaterThan(share(32))
  expect(share(2 * needed)).toBeGreaterThan(0.6)
})

test('nothing is said where images alone do not decide, or the interval decides already', () => {
  const spread = { images: 100, draws: 2, fromImages: 0.001, fromDraws: 0.5, fromBoth: 0.0005 }
  expect(imagesToDecide({ value: 0.4, spread }, 0.5)).toBeUndefined()
  expect(imagesToDecide({ value: 0.4 }, 0.5)).toBeUndefined()
  expect(imagesToDecide({ value: -3, spread: { ...spread, fromDraws: 0.0005 } }, 0.5)).toBeUndefined()
})

test('an interaction that two draws overrate leaves a number', () => {
  const spread = { images: 8, draws: 2, fromImages: 0.001, fromDraws: 0.001, fromBoth: 0.004 }
  expect(findsUpTo({ value: 0.1, spread }, 0.5)).not.toBeNaN()
})
