import type { Condition } from '@saliency/core'
import { canonical } from '../study/keys.ts'
import { GROUP_SIZE, type PlannedState, type PlannedUnit, scoredConditions } from '../study/plan.ts'
import type { Study } from '../study/study.ts'

/** What one check does with one group. */
export interface ScoreWork {
  readonly check: string
  /** It sees several conditions of this group, and so compares maps. */
  readonly isComparing: boolean
  /** Images, times the pairs that are compared. */
  readonly amount: number
}

/** What one group under one weight state asks for; everything that an estimate of its time depends on. */
export interface GroupWork {
  readonly unit: string
  readonly group: number
  readonly state: number
  /** The kind of weights. */
  readonly kind: string
  /** The first group that its session computes. */
  readonly isFirst: boolean
  /** What kind of map each condition asks for. */
  readonly conditions: readonly string[]
  /** Batches that the engine runs for one condition. */
  readonly batches: number
  readonly scores: readonly ScoreWork[]
}

function kindOf({ map = 'one-channel', relevance }: Condition): string {
  return relevance ? canonical(relevance) : map
}

function scoresOf({ plan }: Study, state: PlannedState, images: number): ScoreWork[] {
  return plan.checks.flatMap((planned) => {
    const { length } = scoredConditions(planned, state)
    if (length === 0) return []
    return [{ check: planned.check.id, isComparing: length > 1, amount: images * Math.max(1, length - 1) }]
  })
}

/** What the groups of some units ask for, in the order in which they are computed. */
export function workOf(study: Study, units: readonly PlannedUnit[]): GroupWork[] {
  const { plan, batchSize } = study
  return [...plan.states.entries()].flatMap(([index, state]) => {
    const base = {
      state: index,
      kind: state.weights.kind,
      conditions: state.conditions.map(kindOf),
    }
    const own = units.filter((unit) => unit.state === index)
    const first = own[0]?.from
    return own.flatMap(({ id, from, to }) =>
      Array.from({ length: to - from }, (_, i) => {
        const images = Math.min(GROUP_SIZE, plan.images - (from + i) * GROUP_SIZE)
        const batches = Math.ceil(images / batchSize)
        const group = from + i
        return {
          ...base,
          unit: id,
          group,
          isFirst: group === first,
          batches,
          scores: scoresOf(study, state, images),
        }
      }),
    )
  })
}
