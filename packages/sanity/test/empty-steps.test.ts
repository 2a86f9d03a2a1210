import { describe, expect, test } from 'vitest'
import type { Cells } from '../src/statistics/cells.ts'
import { effectOf } from '../src/statistics/effect.ts'
import { judge } from '../src/statistics/verdict.ts'

describe('a step in which pairs are undefined', () => {
  /** 19 steps, s = .2 and c = 0 in 18 of them; in the last, `defined` pairs with s = .77 and c = 0. */
  function lastStep(defined: number): Cells {
    const pairs = Uint32Array.from({ length: 400 }, (_, at) => (at % 2 === 0 ? at / 2 : ((at + 1) / 2) % 200))
    const blocks = Array.from({ length: 19 }, () => ({
      same: new Float64Array(200).fill(0.2),
      chance: new Float64Array(200),
    }))
    blocks[18]!.same.fill(0.77).fill(NaN, defined)
    blocks[18]!.chance.fill(NaN, defined)
    return { images: 200, draws: 1, sharedDraws: false, pairs, blocks }
  }

  test('altogether is left out and told: 5.3 % undefined is no reason for "undefined"', () => {
    const effect = effectOf(lastStep(0))
    expect(effect.undefinedShare).toBeCloseTo(1 / 19, 12)
    expect(effect.same!.value).toBeCloseTo(0.2, 12)
    expect(effect.chance!.value).toBe(0)
    expect(effect).toMatchObject({ steps: 19, emptySteps: 1 })
    const verdict = judge(effect)
    expect(verdict.outcome).toBe('depends')
    expect(verdict.notes).toContain('1 of 19 steps left out: no pair is defined there')
  })

  test('but for one image keeps its weight', () => {
    const effect = effectOf(lastStep(1))
    expect(effect.same!.value).toBeCloseTo((18 * 0.2 + 0.77) / 19, 12)
    expect(effect).toMatchObject({ emptySteps: 0 })
    expect(judge(effect).outcome).toBe('depends')
  })

  test.each(['same', 'chance'] as const)('in %s alone counts for neither of s and c', (missing) => {
    const holes = lastStep(200)
    holes.blocks[18]!.chance.fill(0.5)
    holes.blocks[18]![missing].fill(NaN)
    const effect = effectOf(holes)
    expect(effect.same!.value).toBeCloseTo(0.2, 12)
    expect(effect.chance!.value).toBe(0)
    expect(effect.emptySteps).toBe(1)
  })
})
