import { describe, expect, test } from 'vitest'
import type { Effect } from '../src/statistics/effect.ts'
import { judge } from '../src/statistics/verdict.ts'

const near = (value: number, half = 0.02) => ({
  value,
  interval: [value - half, value + half] as const,
})

function effect(same: number, chance: number, changes: Partial<Effect> = {}): Effect {
  const survival = chance > 0.95 ? undefined : near((same - chance) / (1 - chance))
  return {
    same: near(same),
    chance: near(chance),
    survival,
    undefinedShare: 0,
    images: 300,
    draws: 5,
    sharedDraws: true,
    steps: 1,
    emptySteps: 0,
    ...changes,
  }
}

describe('the five outcomes', () => {
  test.each([
    ['undefined', effect(0.9, 0.1, { undefinedShare: 0.11 })],
    ['undefined', effect(0.9, 0.1, { same: undefined })],
    ['static', effect(0.72, 0.73)],
    ['static', effect(0.99, 0.97)],
    ['does not depend', effect(0.95, 0.1)],
    ['depends', effect(0.05, 0.02)],
    ['depends', effect(-0.3, 0.02)],
    ['undecided', effect(0.1, 0.49)],
    ['undecided', effect(0.5, 0.01)],
  ] as const)('%s', (outcome, input) => {
    expect(judge(input).outcome).toBe(outcome)
  })

  // Each bound lies on the other side of .5 than its mean.
  test.each([
    ['the lower bound of s', { same: near(0.52, 0.05), chance: near(0.72) }],
    ['the lower bound of c', { same: near(0.72), chance: near(0.52, 0.05) }],
    ['the lower bound of e', { survival: near(0.52, 0.05) }],
    ['the upper bound of e', { survival: near(0.48, 0.05) }],
    ['the upper bound of c', { chance: near(0.48, 0.05), survival: near(0.1) }],
  ])('%s decides, not the mean', (_, changes) => {
    expect(judge(effect(0.3, 0.02, { survival: near(0.3), ...changes })).outcome).toBe('undecided')
  })

  test('undefined takes precedence over static, static over "does not depend"', () => {
    expect(judge(effect(0.99, 0.7, { undefinedShare: 0.2 })).outcome).toBe('undefined')
    expect(judge(effect(0.99, 0.7)).outcome).toBe('static')
  })
})

describe('what limits a verdict', () => {
  test('where e is decided and the level of chance is not, it says how many images decide that', () => {
    const spread = { images: 100, draws: 1, fromImages: 1e-4, fromDraws: 0, fromBoth: 0 }
    const chance = { ...near(0.49, 0.02), spread }
    const open = judge(effect(0.6, 0.49, { chance, survival: near(0.2), sharedDraws: false }))
    expect(open.outcome).toBe('undecided')
    const [, needed] = /^about (\d+) images would decide$/.exec(open.notes.at(-1)!)!
    // Half a width of .02 becomes .01 with four times as many images.
    expect(Number(needed)).toBeGreaterThan(350)
    expect(Number(needed)).toBeLessThan(450)
  })

  test('a verdict that other thresholds change is marked, with each outcome', () => {
    const verdict = judge(effect(0.55, 0.01))
    expect(verdict.atThresholds).toEqual([
      { threshold: 0.4, outcome: 'does not depend' },
      { threshold: 0.5, outcome: 'does not depend' },
      { threshold: 0.6, outcome: 'depends' },
    ])
    expect(verdict.changes).toBe(true)
    expect(judge(effect(0.95, 0.1)).changes).toBe(false)
  })

  test('notes', () => {
    expect(judge(effect(0.9, 0)).notes).toEqual([])
    expect(judge(effect(0.9, 0, { images: 99, draws: 4 })).notes).toEqual([
      'preliminary',
      '4 draws of random weights: intervals are wide',
    ])
    expect(judge(effect(0.9, 0, { draws: 1, sharedDraws: false })).notes).toEqual([])
    expect(judge(effect(0.9, 0, { images: 100, draws: 5 })).notes).toEqual([])
    expect(judge(effect(0.9, 0, { same: { value: -0.5 } })).outcome).toBe('changes by sign only')
    expect(judge(effect(0.9, 0, { same: { value: -0.49 } })).outcome).not.toBe('changes by sign only')
  })

  test('steps that are left out', () => {
    const notes = (changes: Partial<Effect>) => judge(effect(0.9, 0, changes)).notes
    expect(notes({ steps: 19, emptySteps: 1 })).toEqual(['1 of 19 steps left out: no pair is defined there'])
    expect(notes({ steps: 19, emptySteps: 19 })).toEqual([])
  })

  test('one draw of random weights decides nothing, whatever the images say, and the note asks for more', () => {
    const only = (value: number) => ({ value })
    const verdict = judge(effect(0.9, 0, { draws: 1, same: only(0.9), chance: only(0), survival: only(0.9) }))
    expect(verdict.outcome).toBe('undecided')
    expect(verdict.notes).toEqual([
      'one draw of random weights: what another would give is not known, take 5',
    ])
  })

  test('how many draws would decide, by hand: t² 0.0144/D below .04, and t of 7 draws is 2.447', () => {
    const spread = { images: 1000, draws: 4, fromImages: 0, fromDraws: 0.0144 / 4, fromBoth: 0 }
    // Half widths 2.447 · .12 / √7 = .111 and 2.571 · .12 / √6 = .126, and e is .12 above the threshold.
    const survival = { value: 0.62, interval: [0.43, 0.81] as const, spread }
    expect(judge(effect(0.62, 0, { draws: 4, survival })).notes).toContain('about 7 draws would decide')
  })

  test('one image has no chance level and decides nothing', () => {
    const verdict = judge(effect(0.9, 0, { images: 1, chance: undefined, survival: undefined }))
    expect(verdict.outcome).toBe('undecided')
    expect(verdict.notes).toContain('no chance level (one image)')
  })

  test.each([-0.1, 1.1, NaN])('threshold %d is refused', (threshold) => {
    expect(() => judge(effect(0.9, 0), { threshold })).toThrow(/\[0, 1\]/)
  })
})
