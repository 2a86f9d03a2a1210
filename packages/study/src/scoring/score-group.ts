import {
  type Condition,
  createRandom,
  type GroupMaps,
  type ImageGroup,
  messageOf,
  type Predict,
  type Row,
  SaliencyError,
  type ScoreContext,
} from '@saliency/core'
import type { StudyGroup } from '../image-groups.ts'
import { undefinedWhereLost } from '../lost.ts'
import { type PlannedCheck, type PlannedState, scoredConditions } from '../plan.ts'
import { shapedRow } from '../store/complete-rows.ts'
import { FAILURE, type StudyRow } from '../store/rows.ts'
import { breathe } from './breathe.ts'
import type { Scoring } from './jobs.ts'

/** What scoring one group under one weight state needs. */
export interface ScoreRequest {
  readonly scoring: Pick<Scoring, 'run' | 'model' | 'seed' | 'explained'>
  readonly checks: readonly PlannedCheck[]
  readonly state: PlannedState
  readonly group: StudyGroup
  readonly variants: readonly string[]
  /** Maps by condition: of this state from memory, of the original weights from the store. */
  mapsOf(condition: Condition, variant: string): Promise<GroupMaps>
  readonly predict: Predict
  readonly signal?: AbortSignal
  /** Runs a check's work and times it. */
  timed?<T>(work: () => Promise<T>): Promise<T>
}

type Place = Pick<StudyRow, 'run' | 'model' | 'check'>
type Protocol = StudyRow['protocol']

/** Adds to protocols what all of a study's rows share; rows that shared one share the result, which is then written as text once. */
function completed(shared: Protocol): (protocol: Protocol) => Protocol {
  const known = new Map<Protocol, Protocol>()
  return (protocol) => {
    const found = known.get(protocol) ?? { ...protocol, ...shared }
    known.set(protocol, found)
    return found
  }
}

/** A check's row as a row of the study. Written out: a spread makes objects of another kind, which take thirty times as long. */
function placedRow({ run, model, check }: Place, row: Row, protocol: Protocol): StudyRow {
  const { metric, variant, condition, image, other, value, status, note } = row
  return shapedRow({
    run,
    model,
    check,
    metric,
    variant,
    condition,
    image,
    other,
    value,
    status,
    note,
    protocol,
  })
}

/**
 * Scores every variant by every check that asks for this state; a variant that fails does not stop the others.
 * @throws INVALID_RUN if original maps are missing or damaged
 */
export async function scoreGroup(request: ScoreRequest): Promise<StudyRow[]> {
  const { scoring, checks, state, group, predict, signal, timed = (work) => work() } = request
  const { seed, run, model, explained } = scoring
  const shared = { seed, ...(explained !== undefined && { explained }) }
  const rows: StudyRow[] = []
  if (group.images.length === 0) return rows
  for (const planned of checks) {
    const conditions = scoredConditions(planned, state)
    if (conditions.length === 0) continue
    const { check, options } = planned
    const place = { run, model, check: check.id }
    for (const variant of request.variants) {
      await breathe()
      if (signal?.aborted) return rows
      const context: ScoreContext = {
        variant,
        group,
        conditions,
        options: options as never,
        rng: (...key) => createRandom(seed, 'check', check.id, ...key),
        maps: (condition) => request.mapsOf(condition, variant),
        predict,
      }
      const complete = completed(shared)
      try {
        const scored = await timed(async () => check.score(context))
        const placed = scored.map((row) => placedRow(place, row, complete(row.protocol)))
        for (const row of undefinedWhereLost(placed, group, conditions)) rows.push(row)
      } catch (error) {
        // Original maps that are missing or damaged are no fault of the variant: the unit fails and is repeated.
        if (SaliencyError.is(error, 'INVALID_RUN')) throw error
        rows.push(failedRow(place, variant, conditions.at(-1)?.id ?? '', group, error))
      }
    }
  }
  return rows
}

function failedRow(
  place: Place,
  variant: string,
  condition: string,
  group: ImageGroup,
  error: unknown,
): StudyRow {
  const image = `group ${group.index}`
  return {
    ...place,
    metric: FAILURE,
    variant,
    condition,
    image,
    value: null,
    status: 'failed',
    note: messageOf(error),
    protocol: {},
  }
}
