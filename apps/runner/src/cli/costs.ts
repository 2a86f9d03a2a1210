import type { GroupWork, ScoreWork } from './work.ts'

/** Seconds that pieces of work took, and from them what other pieces will take. */
export interface Costs {
  opened(seconds: number): void
  /** One condition of a group was computed. @param index of the condition */
  computed(work: GroupWork, index: number, seconds: number): void
  /** One check scored a group. */
  scored(work: GroupWork, score: ScoreWork, seconds: number): void
  readonly open: number
  /** Seconds of the engine for the maps of a group; NaN where nothing is known. */
  maps(work: GroupWork): number
  /** Seconds of scoring a group; NaN where nothing is known. */
  scoring(work: GroupWork): number
}

/** What an earlier measurement counts beside the next one: machines change their pace, and code gets warm. */
const FADE = 0.95

interface Mean {
  add(seconds: number, amount: number): void
  readonly value: number
  /** More is known than the first measurement, which is slow as everything is at first. */
  readonly isSettled: boolean
}

/** Seconds per amount; the first measurement counts until there is another. */
function createMean(): Mean {
  let [seconds, amount] = [0, 0]
  let first: number | undefined
  return {
    add(more, of) {
      if (first === undefined) {
        first = more / of
        return
      }
      seconds = FADE * seconds + more
      amount = FADE * amount + of
    },
    get isSettled() {
      return amount > 0
    },
    get value() {
      return amount > 0 ? seconds / amount : (first ?? Number.NaN)
    },
  }
}

/**
 * Means by name; a question goes to the first of several names that is known. A first measurement is an upper bound:
 * until there is another, what is known more generally counts if it is less.
 */
function createMeans() {
  const means = new Map<string, Mean>()
  return {
    add(names: readonly string[], seconds: number, amount: number): void {
      const isFirst = !means.has(names[0] as string)
      for (const name of names) {
        // What is slow because it is new says nothing of what is known already.
        if (isFirst && means.has(name)) continue
        const mean = means.get(name) ?? createMean()
        means.set(name, mean)
        mean.add(seconds, amount)
      }
    },
    of(names: readonly string[]): number {
      const known = names.flatMap((name) => means.get(name) ?? [])
      const [nearest] = known
      const settled = known.find(({ isSettled }) => isSettled)
      return Math.min(nearest?.value ?? Number.NaN, settled?.value ?? Infinity)
    },
  }
}

/** What one map costs depends on its kind, and a little on the weights; the nearest that is known counts. */
function mapNames({ kind, conditions }: GroupWork, index: number): string[] {
  const map = conditions[index] as string
  return [`${map} of ${kind}`, map, 'any']
}

/** What a session computes first takes longer, in every session. */
function isStart({ isFirst }: GroupWork, index: number): boolean {
  return isFirst && index === 0
}

/**
 * A check may do little under some weights and much under others. Where it has not been seen under weights of this kind,
 * comparing a pair costs what it costs other checks: they share their similarities.
 */
function scoreNames({ kind }: GroupWork, { check, isComparing }: ScoreWork): string[] {
  const does = isComparing ? 'compares' : 'scores'
  return [`${check} ${does} ${kind}`, `${check} ${does}`, does, 'any']
}

/** Learns what this machine takes for this study. */
export function createCosts(): Costs {
  const [open, starts, maps, scores] = [createMean(), createMeans(), createMeans(), createMeans()]
  const mapOf = (work: GroupWork, index: number) => {
    const names = mapNames(work, index)
    const start = isStart(work, index) ? starts.of(names) : Number.NaN
    const later = maps.of(names)
    // Where a group is all that a session computes, the start is all that is known.
    const seconds = Number.isNaN(later) ? starts.of(names) : later
    return work.batches * (Number.isNaN(start) ? seconds : start)
  }
  return {
    opened: (seconds) => open.add(seconds, 1),
    computed(work, index, seconds) {
      const means = isStart(work, index) ? starts : maps
      means.add(mapNames(work, index), seconds, work.batches)
    },
    scored: (work, score, seconds) => scores.add(scoreNames(work, score), seconds, score.amount),
    get open() {
      return open.value
    },
    maps: (work) => work.conditions.reduce((sum, _, index) => sum + mapOf(work, index), 0),
    scoring: (work) =>
      work.scores.reduce((sum, one) => sum + one.amount * scores.of(scoreNames(work, one)), 0),
  }
}
