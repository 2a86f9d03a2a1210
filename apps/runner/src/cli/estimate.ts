import { GROUP_SIZE, type PlannedUnit, scoredConditions, type Study } from '@saliency/study'

/** One group under one weight state. */
export interface Work {
  readonly unit: string
  readonly group: number
  /** Groups of one kind take equally long for equal amounts. */
  readonly kind: string
  /** Images, times the conditions that they are explained under. */
  readonly amount: number
}

/** Says how long a study will still take: what is left, times what the finished part of the same kind took. */
export interface Estimate {
  /** One group of a unit is finished, or has failed. */
  finished(unit: string, group: number): void
  /** Seconds for what is left; NaN as long as nothing is finished. */
  remaining(): number
}

/** The groups of some units: those whose weights are of one kind, and are scored by the same checks, are of one kind. */
export function workOf({ plan }: Study, units: readonly PlannedUnit[]): Work[] {
  return units.flatMap(({ id, state, from, to }) => {
    const { weights, conditions } = plan.states[state]!
    const checks = plan.checks.filter((one) => scoredConditions(one, plan.states[state]!).length > 0)
    const kind = [weights.kind, ...checks.map(({ check }) => check.id)].join(' ')
    return Array.from({ length: to - from }, (_, i): Work => {
      const images = Math.min(GROUP_SIZE, plan.images - (from + i) * GROUP_SIZE)
      return { unit: id, group: from + i, kind, amount: images * conditions.length }
    })
  })
}

/** @param now the time in seconds */
export function createEstimate(all: readonly Work[], now = () => performance.now() / 1000): Estimate {
  const left = new Map(all.map((work) => [`${work.unit} ${work.group}`, work]))
  const spent = new Map<string, [seconds: number, amount: number]>()
  let since = now()
  const paceOf = (kind: string) => {
    const [seconds, amount] = spent.get(kind) ?? spent.get('any') ?? [0, 0]
    return seconds / amount
  }
  return {
    finished(unit, group) {
      const work = left.get(`${unit} ${group}`)
      if (!work || !left.delete(`${unit} ${group}`)) return
      for (const kind of [work.kind, 'any']) {
        const [seconds, amount] = spent.get(kind) ?? [0, 0]
        spent.set(kind, [seconds + now() - since, amount + work.amount])
      }
      since = now()
    },
    remaining() {
      const ahead = [...left.values()].reduce((sum, { kind, amount }) => sum + amount * paceOf(kind), 0)
      return Math.max(0, ahead - (now() - since))
    },
  }
}
