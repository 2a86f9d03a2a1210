import { type Condition, createRandom, type ImageGroup, type ScoreContext } from '@saliency/core'
import { messageOf } from '../errors.ts'
import { type ConditionMaps, groupMapsOf } from './compute-group.ts'
import { type PlannedState, scoredConditions } from './plan.ts'
import type { Predictors } from './predictors.ts'
import type { StudyRow } from './rows.ts'
import type { Study } from './study.ts'

/** What scoring one group under one weight state needs. */
export interface ScoreRequest {
  readonly study: Study
  readonly predictors: Predictors
  readonly state: PlannedState
  readonly group: ImageGroup
  /** Maps by condition: of this state from memory, of the original weights from the run folder. */
  mapsOf(condition: Condition): Promise<ConditionMaps>
  readonly signal: AbortSignal
}

/** The metric of rows that say that something failed. */
export const FAILURE = 'failure'

/** Lets timers, signals and finished engine calls run in between: scoring itself never waits. */
function breathe(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

/** Scores every variant by every check that asks for this state; a variant that fails does not stop the others. */
export async function scoreGroup(request: ScoreRequest): Promise<StudyRow[]> {
  const { study, predictors, state, group, signal } = request
  const { seed, run, loaded, plan } = study
  const rows: StudyRow[] = []
  for (const planned of plan.checks) {
    const conditions = scoredConditions(planned, state)
    if (conditions.length === 0) continue
    const { check, options } = planned
    for (const variant of studiedVariants(study)) {
      await breathe()
      if (signal.aborted) return rows
      const place = { run, model: loaded.model.name, check: check.id }
      const context: ScoreContext = {
        variant,
        group,
        conditions,
        options: options as never,
        rng: (...key) => createRandom(seed, 'check', check.id, ...key),
        maps: async (condition) => groupMapsOf(await request.mapsOf(condition), variant),
        predict: predictors.predict,
      }
      try {
        for (const row of await check.score(context))
          rows.push({ ...place, ...row, protocol: { ...row.protocol, seed } })
      } catch (error) {
        rows.push(failedRow(place, variant, conditions.at(-1)?.id ?? '', group, error))
      }
    }
  }
  return rows
}

/** Ids of the variants whose maps a study computes. */
export function studiedVariants({ maps }: Study): string[] {
  const { traced, sampling, variants } = maps.set
  const able = new Set([...traced, ...sampling].map(({ variant }) => variant.id))
  return variants.map(({ id }) => id).filter((id) => able.has(id))
}

function failedRow(
  place: Pick<StudyRow, 'run' | 'model' | 'check'>,
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
