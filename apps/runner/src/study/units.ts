import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically } from '../files.ts'
import { conditionKey } from './keys.ts'
import type { MapStore } from './map-store.ts'
import type { PlannedState, PlannedUnit } from './plan.ts'
import type { Study } from './study.ts'

/** A unit that could not be computed. */
export interface Failure {
  readonly unit: string
  readonly reason: string
}

/** The file of a finished unit. */
export function unitFile(folder: string, id: string): string {
  return join(folder, 'units', `${id}.parquet`)
}

function failureFile(folder: string, id: string): string {
  return join(folder, 'units', `${id}.failed.json`)
}

/** Leaves in the run folder why a unit has no rows. */
export function recordFailure(folder: string, failure: Failure): void {
  writeAtomically(failureFile(folder, failure.unit), `${JSON.stringify(failure)}\n`)
}

/** Forgets an earlier failure of a unit. */
export function clearFailure(folder: string, id: string): void {
  rmSync(failureFile(folder, id), { force: true })
}

/** A unit is finished when its rows are there, and, for the original weights, the maps that the others are compared with. */
export function isFinished(study: Study, folder: string, unit: PlannedUnit, store: MapStore): boolean {
  if (!existsSync(unitFile(folder, unit.id))) return false
  const state = study.plan.states[unit.state] as PlannedState
  if (state.weights.kind !== 'original') return true
  const groups = Array.from({ length: unit.to - unit.from }, (_, i) => unit.from + i)
  return groups.every((group) =>
    state.conditions.every((condition) => store.has(group, conditionKey(condition))),
  )
}
