import { deserialize, serialize } from 'node:v8'
import { type Condition, type GroupMaps, type Predict, SaliencyError } from '@saliency/core'
import { groupMapsOf } from '../compute-group.ts'
import { conditionKey } from '../store/keys.ts'
import { openMapStore } from '../store/map-store.ts'
import type { PlannedCheck, PlannedState } from '../plan.ts'
import type { StudyRow } from '../store/rows.ts'
import { writeRows } from '../store/unit-file.ts'
import type { ScoreJob, Scorer, Scoring } from './jobs.ts'
import { openOriginals, type Originals } from './originals.ts'
import { scoreGroup } from './score-group.ts'
import { createSharedClock } from './shared-clock.ts'

/** Maps as a check asks for them: this state's from the job, the original's from the run folder. */
function mapsReader(job: ScoreJob, originals: Originals) {
  return async (condition: Condition, variant: string): Promise<GroupMaps> => {
    const why = job.broken.get(variant)
    if (why !== undefined) throw new SaliencyError('ENGINE', why)
    const key = conditionKey(condition)
    const own = job.own.get(key)
    if (own) return groupMapsOf(own, variant)
    const targets = job.originals.get(key)
    if (targets) return originals.get(job.group.index, key, variant, targets)
    throw new SaliencyError(
      'INVALID_RUN',
      `the original maps of group ${job.group.index} are missing, because their unit failed or they were removed: repeat the command, which computes them again.`,
    )
  }
}

/**
 * Scores maps on this thread. `score` returns rows of one group; they wait here until `finish` writes those of their unit.
 * @throws INVALID_RUN when original maps that a check compares with are missing from the run folder.
 */
export function createScorer(
  scoring: Scoring,
  checks: readonly PlannedCheck[],
  predict: Predict,
  signal?: AbortSignal,
): Scorer {
  const originals = openOriginals(openMapStore(scoring.folder, scoring.variants), scoring.keepBytes)
  const waiting = new Map<string, StudyRow[]>()
  const now = () => performance.now() / 1000
  const clock = createSharedClock(now)
  return {
    async score(job, isPacked) {
      let seconds = 0
      const state = scoring.states[job.state] as PlannedState
      const { group, variants } = job
      const mapsOf = mapsReader(job, originals)
      const rows = await scoreGroup({
        scoring,
        checks,
        state,
        group,
        variants,
        mapsOf,
        predict,
        timed: (work) => clock.timed((spent) => void (seconds += spent), work),
        ...(signal && { signal }),
      })
      if (isPacked) return { rows: Uint8Array.from(serialize(rows)), seconds }
      const earlier = waiting.get(job.unit)
      if (earlier) for (const row of rows) earlier.push(row)
      else waiting.set(job.unit, rows)
      return { seconds }
    },
    async finish({ unit, path, parts, lost }) {
      const started = now()
      const others = parts.flatMap((part) => deserialize(part) as StudyRow[])
      writeRows(path, [...(waiting.get(unit) ?? []), ...others], lost)
      waiting.delete(unit)
      return now() - started
    },
    async discard(unit) {
      waiting.delete(unit)
    },
  }
}
