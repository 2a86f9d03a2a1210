import { createRandom } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { createEstimate } from '../src/cli/estimate.ts'

interface Costs {
  readonly open: number
  /** Seconds of the engine for one condition of one group. */
  readonly engine: number
  /** Seconds of scoring for one group, beside the engine. */
  readonly scoring: number
}

/**
 * A study on a clock of its own: the original state with two conditions, then `states` with one; the engine computes at
 * most two groups ahead of the scorer. Every duration varies by a fifth.
 * @returns what was estimated when the second state began, and what it took
 */
function simulate({ open, engine, scoring }: Costs, states: number, groups: number) {
  const random = createRandom('estimate', open, engine, scoring)
  const vary = (seconds: number) => seconds * (0.8 + 0.4 * random.uniform())
  const estimate = createEstimate()
  const left = { opens: states + 1, conditions: (states + 2) * groups, groups: (states + 1) * groups }
  /** When the engine is free, and when each group is scored. */
  let clock = 0
  const scored: { at: number; seconds: number }[] = []
  let told = 0
  const tell = () => {
    for (; told < scored.length && scored[told]!.at <= clock; told++) {
      estimate.scored(scored[told]!.seconds)
      left.groups -= 1
    }
  }
  let estimated = { at: 0, seconds: Number.NaN }
  for (let state = 0; state <= states; state++) {
    const conditions = state === 0 ? 2 : 1
    tell()
    if (state === 1) estimated = { at: clock, seconds: estimate.remaining(left) }
    const opening = vary(open)
    clock += opening
    left.opens -= 1
    estimate.opened(opening)
    for (let group = 0; group < groups; group++) {
      clock = Math.max(clock, scored.at(-2)?.at ?? 0)
      tell()
      const [computing, seconds] = [vary(conditions * engine), vary(scoring)]
      clock += computing
      left.conditions -= conditions
      estimate.computed(computing, conditions)
      scored.push({ at: Math.max(clock, scored.at(-1)?.at ?? 0) + seconds, seconds })
    }
  }
  return { seconds: estimated.seconds, real: scored.at(-1)!.at - estimated.at }
}

describe('the estimate of a study’s time', () => {
  it.each([
    ['where the engine takes longest', { open: 2, engine: 3, scoring: 1 }, 13],
    ['where scoring takes longest', { open: 1, engine: 1, scoring: 2 }, 13],
    ['where opening sessions takes longest', { open: 20, engine: 1, scoring: 0.2 }, 6],
    ['with few groups', { open: 2, engine: 3, scoring: 1 }, 4],
  ] satisfies [string, Costs, number][])(
    'is right within 20 % after the first state %s',
    (_, costs, groups) => {
      const { seconds, real } = simulate(costs, 12, groups)
      expect(Math.abs(seconds - real) / real).toBeLessThan(0.2)
    },
  )

  it('is unknown before anything is scored', () => {
    expect(createEstimate().remaining({ opens: 3, conditions: 10, groups: 5 })).toBeNaN()
  })
})
