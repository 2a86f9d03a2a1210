import { createRandom } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { planStudy } from '@saliency/toolkit'
import { createEstimate, type Work, workOf } from '../src/cli/estimate.ts'

/** Two groups under each of several weight states, the second with half the images; the original weights take two maps. */
function groupsOf(states: number): Work[] {
  return Array.from({ length: states }, (_, state): Work[] => {
    const [kind, conditions] = state === 0 ? ['original', 2] : ['randomized', 1]
    return [8, 4].map((images, group) => ({ unit: `s${state}`, group, kind, amount: images * conditions }))
  }).flat()
}

describe('the estimate of a study’s time', () => {
  it('is what is left, times what the finished part of the same kind took', () => {
    let time = 100
    const estimate = createEstimate(groupsOf(4), () => time)
    const finish = (at: number, unit: string, group: number) => {
      time = at
      estimate.finished(unit, group)
    }
    expect(estimate.remaining()).toBeNaN()
    finish(132, 's0', 0)
    finish(148, 's0', 1)
    // 48 s for an amount of 24, and 36 are left of a kind that is not known yet.
    expect(estimate.remaining()).toBeCloseTo(72)
    finish(162, 's1', 0)
    finish(166, 's1', 1)
    // 18 s for 12 of the new kind, session and all; 24 are left.
    expect(estimate.remaining()).toBeCloseTo(36)
    time = 170
    expect(estimate.remaining()).toBeCloseTo(32)
    for (const unit of ['s2', 's3']) for (const group of [0, 1]) estimate.finished(unit, group)
    expect(estimate.remaining()).toBe(0)
  })

  it.each([
    ['the session takes longest', 20, 0.1],
    ['the maps take longest', 1, 2],
  ])('is right within a quarter after the second weight state, where %s', (_, open, perImage) => {
    const random = createRandom('estimate', open)
    const vary = (seconds: number) => seconds * (0.8 + 0.4 * random.uniform())
    const all = groupsOf(12)
    const times = all.map(({ group, amount }) => (group === 0 ? vary(open) : 0) + vary(perImage * amount))
    let time = 0
    const estimate = createEstimate(all, () => time)
    for (const [at, { unit, group }] of all.entries()) {
      time += times[at] as number
      estimate.finished(unit, group)
      const really = times.slice(at + 1).reduce((sum, seconds) => sum + seconds, 0)
      if (group === 1 && at >= 3 && at < all.length - 3)
        expect(Math.abs(estimate.remaining() / really - 1), unit).toBeLessThan(0.25)
    }
    expect(estimate.remaining()).toBe(0)
  })

  it('asks a study what is computed and scored under which weights', async () => {
    const { study } = await planStudy({
      model: 'residual',
      images: { procedural: 'shapes', count: 10 },
      methods: ['guided/gradient'],
      checks: ['class-sensitivity', ['parameter-randomization', { draws: 1, steps: 1 }], 'completeness'],
      groups: 1,
    })
    const work = workOf(study, study.plan.units)
    expect(work).toHaveLength(study.plan.units.length)
    expect(work[0]?.kind).toBe('original class-sensitivity parameter-randomization completeness')
    // The second group has two images, and the checks explain two classes of each.
    expect(work.map(({ amount }) => amount)).toEqual([16, 4, 8, 2])
    expect(work.at(-1)).toMatchObject({ kind: 'randomized parameter-randomization', group: 1, amount: 2 })
  })
})
