import { WAITING } from '../study/pipeline.ts'
import { type Costs, createCosts } from './costs.ts'
import type { GroupWork } from './work.ts'

/** Tells how long a study will still take. */
export interface Estimate {
  /** A session for a weight state was opened, in so many seconds. */
  opened(state: number, seconds: number): void
  /** The maps of one group were computed: what each condition took. */
  computed(unit: string, group: number, seconds: readonly number[]): void
  /** One group was scored: what each check took. A group that failed is done as well. */
  scored(unit: string, group: number, seconds?: ReadonlyMap<string, number>): void
  /** Groups that are neither scored nor failed. */
  readonly left: number
  /** Seconds for what is left; NaN as long as nothing is known. */
  remaining(): number
}

/** How long engine and scoring take beside each other, when at most so many groups wait between them. */
function play(steps: readonly { readonly maps: number; readonly scoring: number }[]): number {
  const ends: number[] = []
  let engine = 0
  for (const { maps, scoring } of steps) {
    engine = Math.max(engine, ends.at(-WAITING) ?? 0) + maps
    ends.push(Math.max(engine, ends.at(-1) ?? 0) + scoring)
  }
  return ends.at(-1) ?? 0
}

/**
 * Estimates from what was done, by playing through what is left: each group costs what its conditions and checks cost, and
 * scoring runs beside the engine.
 */
export function createEstimate(
  all: readonly GroupWork[],
  now: () => number = () => performance.now() / 1000,
  costs: Costs = createCosts(),
): Estimate {
  const name = (unit: string, group: number) => `${unit} ${group}`
  const work = new Map(all.map((one) => [name(one.unit, one.group), one]))
  const [opened, computed] = [new Set<number>(), new Set<string>()]
  /** When the engine and the scoring began with what they do now. */
  let [engineSince, scoringSince] = [now(), now()]

  function steps() {
    const seen = new Set(opened)
    return [...work].map(([key, one]) => {
      const opening = seen.has(one.state) || computed.has(key) ? 0 : costs.open
      seen.add(one.state)
      const maps = computed.has(key) ? 0 : opening + costs.maps(one)
      return { isComputed: computed.has(key), maps, scoring: costs.scoring(one) }
    })
  }

  return {
    opened(state, seconds) {
      opened.add(state)
      // The session before had to be closed.
      costs.opened(computed.size > 0 ? Math.max(seconds, now() - engineSince) : seconds)
      engineSince = now()
    },
    computed(unit, group, seconds) {
      const one = work.get(name(unit, group))
      engineSince = now()
      // Nothing waited: scoring begins with this group.
      if (![...work.keys()].some((key) => computed.has(key))) scoringSince = engineSince
      computed.add(name(unit, group))
      if (one) for (const [index, spent] of seconds.entries()) costs.computed(one, index, spent)
    },
    scored(unit, group, seconds) {
      const one = work.get(name(unit, group))
      work.delete(name(unit, group))
      scoringSince = now()
      for (const score of one?.scores ?? []) {
        const spent = seconds?.get(score.check)
        if (one && spent !== undefined) costs.scored(one, score, spent)
      }
    },
    get left() {
      return work.size
    },
    remaining() {
      const ahead = steps()
      const time = now()
      const less = (seconds: number, since: number) => Math.max(0, seconds - (time - since))
      const current = ahead.findIndex(({ isComputed }) => !isComputed)
      return play(
        ahead.map(({ maps, scoring, isComputed }, at) => ({
          maps: at === current ? less(maps, engineSince) : maps,
          scoring: at === 0 && isComputed ? less(scoring, scoringSince) : scoring,
        })),
      )
    },
  }
}
