import { type Condition, type GroupMaps, type Predict, SaliencyError } from '@saliency/core'
import { groupMapsOf } from '../compute-group.ts'
import type { PlannedCheck, PlannedState } from '../plan.ts'
import { conditionKey } from '../store/keys.ts'
import type { StudyRow } from '../store/rows.ts'
import type { RunStore, UnitFacts } from '../store/run-store.ts'
import { putUnit } from '../store/units.ts'
import type { ScoreJob, Scoring } from './jobs.ts'
import { missingOriginals, openOriginals, type Originals } from './originals.ts'
import { scoreGroup } from './score-group.ts'
import { createSharedClock } from './shared-clock.ts'

/** Scores groups, keeps their rows, and stores those of a unit when all of its groups are scored. */
export interface Scorer {
  /**
   * Scores one group; nothing is kept yet.
   * @throws INVALID_RUN if original maps that a check compares with are missing or damaged
   */
  score(job: ScoreJob): Promise<readonly StudyRow[]>
  /** Keeps rows until {@link Scorer.finish} stores their unit. */
  keep(unit: string, rows: readonly StudyRow[]): void
  /** Stores the rows that were kept for a unit. @throws FILE */
  finish(unit: string, facts: UnitFacts): Promise<void>
  /** Forgets the rows of a unit that failed. */
  discard(unit: string): void
  /** Seconds spent so far. */
  readonly seconds: number
}

/** Maps as a check asks for them: this state's from the job, the original's from the store. */
function mapsReader(job: ScoreJob, originals: Originals) {
  return async (condition: Condition, variant: string): Promise<GroupMaps> => {
    const why = job.broken.get(variant)
    if (why !== undefined) throw new SaliencyError('ENGINE', why)
    const key = conditionKey(condition)
    const own = job.own.get(key)
    if (own) return groupMapsOf(own, variant)
    const targets = job.originals.get(key)
    if (!targets) throw missingOriginals(job.group.index)
    return originals.get(job.group.index, key, variant, targets)
  }
}

/** Scores on the thread that calls it, which runs whatever else is waiting between two variants. */
export function createScorer(
  scoring: Scoring,
  store: RunStore,
  checks: readonly PlannedCheck[],
  predict: Predict,
  signal?: AbortSignal,
): Scorer {
  const originals = openOriginals(store, scoring.keepBytes)
  const waiting = new Map<string, StudyRow[]>()
  const clock = createSharedClock()
  let seconds = 0
  const timed = <T>(work: () => Promise<T>) => clock.timed((spent) => void (seconds += spent), work)
  return {
    score(job) {
      const state = scoring.states[job.state] as PlannedState
      const mapsOf = mapsReader(job, originals)
      return scoreGroup({ ...job, scoring, checks, state, mapsOf, predict, timed, ...(signal && { signal }) })
    },
    keep(unit, rows) {
      const earlier = waiting.get(unit) ?? []
      for (const row of rows) earlier.push(row)
      waiting.set(unit, earlier)
    },
    finish: (unit, facts) =>
      timed(async () => {
        await putUnit(store, unit, waiting.get(unit) ?? [], facts)
        waiting.delete(unit)
      }),
    discard: (unit) => void waiting.delete(unit),
    get seconds() {
      return seconds
    },
  }
}
