import { createRandom } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { createEstimate, type Estimate } from '../src/cli/estimate.ts'
import type { GroupWork } from '../src/cli/work.ts'
import { workOf } from '../src/cli/work.ts'
import { createSharedClock } from '../src/study/scoring/shared-clock.ts'
import { preparedStudy } from './prepared.ts'

/** What a study really takes, in seconds. */
interface Costs {
  readonly open: number
  /** The engine, for one condition of one group. */
  readonly engine: number
  /** Every check, for one image, times the pairs it compares: under the original weights, and under others. */
  readonly original: Readonly<Record<string, number>>
  readonly others: Readonly<Record<string, number>>
}

/** Two classes under the original weights, one under each of the others; the last group has half the images. */
function studyOf({ original, others }: Costs, states: number, groups: number): GroupWork[] {
  return Array.from({ length: (states + 1) * groups }, (_, at) => {
    const state = Math.floor(at / groups)
    const group = at % groups
    const images = group === groups - 1 ? 4 : 8
    const isOriginal = state === 0
    return {
      unit: `s${state}`,
      group,
      state,
      kind: isOriginal ? 'original' : 'randomized',
      isFirst: group === 0,
      conditions: isOriginal ? ['one-channel', 'one-channel'] : ['one-channel'],
      batches: images / 4,
      scores: Object.keys(isOriginal ? original : others).map((check) => {
        const isComparing = check === 'classes' || check === 'weights'
        return { check, isComparing, amount: images }
      }),
    }
  })
}

/** One group computed, and when its scores come. */
interface Pending {
  readonly work: GroupWork
  readonly at: number
  readonly seconds: ReadonlyMap<string, number>
}

interface Told {
  readonly at: number
  readonly estimated: number
  readonly state: number
  readonly scored: number
}

/**
 * A study on a clock of its own: the engine computes at most two groups ahead of the scoring. Every duration varies by a
 * fifth, what is done for the first time takes three times as long, and the first map of every session twice.
 * @returns the estimates at every event, and when everything was scored
 */
function simulate(costs: Costs, work: readonly GroupWork[]): { told: Told[]; end: number } {
  const random = createRandom('estimate', JSON.stringify(costs))
  const met = new Set<string>()
  const vary = (name: string, seconds: number) => {
    const factor = met.has(name) ? 1 : 3
    met.add(name)
    return factor * seconds * (0.8 + 0.4 * random.uniform())
  }
  let clock = 0
  const estimate: Estimate = createEstimate(work, () => clock)
  const told: Told[] = []
  const [pending, ends]: [Pending[], number[]] = [[], []]
  let scored = 0
  const note = (state: number) => told.push({ at: clock, estimated: estimate.remaining(), state, scored })
  /** Lets everything happen that is scored until then. */
  const until = (time: number) => {
    while (pending[0] && pending[0].at <= time) {
      const { work: one, at, seconds } = pending.shift() as Pending
      clock = at
      scored += 1
      estimate.scored(one.unit, one.group, seconds)
      note(one.state)
    }
    clock = time
  }
  let state = -1
  for (const one of work) {
    if (one.state !== state) {
      state = one.state
      const seconds = vary('open', costs.open)
      until(clock + seconds)
      estimate.opened(state, seconds)
      note(state)
    }
    until(Math.max(clock, ends.at(-2) ?? 0))
    const maps = one.conditions.map((_, i) => {
      const start = one.isFirst && i === 0 ? 2 : 1
      return start * (one.batches / 2) * vary('engine', costs.engine)
    })
    until(clock + maps.reduce((sum, seconds) => sum + seconds, 0))
    estimate.computed(one.unit, one.group, maps)
    const scale = one.kind === 'original' ? costs.original : costs.others
    const seconds = new Map(
      one.scores.map(({ check, amount }) => [
        check,
        amount * vary(`${one.kind} ${check}`, scale[check] as number),
      ]),
    )
    const at = Math.max(clock, ends.at(-1) ?? 0) + [...seconds.values()].reduce((sum, s) => sum + s, 0)
    ends.push(at)
    pending.push({ work: one, at, seconds })
  }
  const end = ends.at(-1) as number
  until(end)
  return { told, end }
}

const same = { classes: 0.1 }
const studies: [string, Costs, number][] = [
  ['where the engine takes longest', { open: 2, engine: 3, original: same, others: { weights: 0.1 } }, 13],
  ['where comparing takes longest', { open: 1, engine: 1, original: same, others: { weights: 0.3 } }, 13],
  ['where opening sessions takes longest', { open: 20, engine: 1, original: same, others: {} }, 6],
  ['with few groups', { open: 2, engine: 3, original: same, others: { weights: 0.1 } }, 4],
  [
    'where a check only asks for the original weights, and takes long',
    { open: 0.1, engine: 0.2, original: { classes: 0.01, removal: 3 }, others: { weights: 0.01 } },
    2,
  ],
  [
    'where scoring is much slower than the engine under every weights',
    { open: 0.1, engine: 0.2, original: { classes: 0.3, sums: 0.01 }, others: { weights: 0.3 } },
    8,
  ],
]

describe('the estimate of a study’s time', () => {
  it.each(studies)(
    'is right within 20 % once two groups of another state are scored, %s',
    (_, costs, groups) => {
      const { told, end } = simulate(costs, studyOf(costs, 12, groups))
      const work = studyOf(costs, 12, groups).length
      const second = told.findIndex(({ scored }) => scored === groups + 2)
      const wrong = told
        .slice(second)
        // At the very end a fifth of what is left is less than one event.
        .filter(({ scored }) => scored < 0.85 * work)
        .map(({ at, estimated }) => Math.abs(estimated - (end - at)) / (end - at))
      expect(wrong.length).toBeGreaterThan(15)
      expect(Math.max(...wrong)).toBeLessThan(0.2)
    },
  )

  it('knows what comparing costs from a check that compared under the original weights', () => {
    const costs: Costs = {
      open: 1,
      engine: 1,
      original: { classes: 0.3, removal: 5 },
      others: { weights: 0.3 },
    }
    const { told, end } = simulate(costs, studyOf(costs, 12, 6))
    const { at, estimated } = told.find(({ scored }) => scored === 6) as Told
    expect(Math.abs(estimated - (end - at)) / (end - at)).toBeLessThan(0.2)
  })

  it('is unknown before anything is scored, and nothing when all is', () => {
    const costs: Costs = { open: 1, engine: 1, original: same, others: { weights: 0.1 } }
    const { told } = simulate(costs, studyOf(costs, 3, 3))
    expect(told[0]?.estimated).toBeNaN()
    expect(told.at(-1)?.estimated).toBe(0)
  })

  it('counts groups that failed as done, and never waits for them', () => {
    const costs: Costs = { open: 1, engine: 1, original: same, others: { weights: 0.1 } }
    const work = studyOf(costs, 1, 2)
    const estimate = createEstimate(work, () => 0)
    for (const { unit, group } of work) estimate.scored(unit, group)
    expect(estimate.left).toBe(0)
    expect(estimate.remaining()).toBe(0)
  })

  it('asks a study what its checks score under which weights', async () => {
    const study = await preparedStudy({
      images: { procedural: 'shapes', count: 10 },
      methods: ['guided/gradient'],
      checks: ['class-sensitivity', ['parameter-randomization', { draws: 1, steps: 1 }], 'completeness'],
      groups: 1,
    })
    const work = workOf(study, study.plan.units)
    const [first, last] = [work[0], work.at(-1)]
    expect(work).toHaveLength(study.plan.units.length)
    expect(first?.scores.map(({ check }) => check)).toEqual([
      'class-sensitivity',
      'parameter-randomization',
      'completeness',
    ])
    expect(first?.scores.map(({ isComparing }) => isComparing)).toEqual([true, false, false])
    expect(last?.scores).toEqual([{ check: 'parameter-randomization', isComparing: true, amount: 2 }])
  })
})

describe('the clock of interleaved work', () => {
  it('counts every moment once', async () => {
    let time = 0
    const clock = createSharedClock(() => time)
    const spent = [0, 0]
    const done: (() => void)[] = []
    const work = spent.map((_, i) =>
      clock.timed(
        (seconds) => void (spent[i]! += seconds),
        () => new Promise<void>((resolve) => void (done[i] = resolve)),
      ),
    )
    time = 4
    done[0]?.()
    await work[0]
    time = 5
    done[1]?.()
    await work[1]
    time = 9
    await clock.timed(
      (seconds) => void (spent[0]! += seconds),
      async () => void (time = 10),
    )
    expect(spent).toEqual([3, 3])
  })
})
