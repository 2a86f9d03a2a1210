import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { hasMagic, readJson, writeAtomically } from '../files.ts'
import { conditionKey } from './keys.ts'
import { type MapStore, openMapStore } from './map-store.ts'
import type { PlannedState, PlannedUnit } from './plan.ts'
import { studiedVariants } from './scoring/jobs.ts'
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

const FAILED = '.failed.json'

function failureFile(folder: string, id: string): string {
  return join(folder, 'units', `${id}${FAILED}`)
}

/** Why units of a run folder have no rows. */
export function readUnitFailures(folder: string): Failure[] {
  const units = join(folder, 'units')
  return readdirSync(units)
    .filter((name) => name.endsWith(FAILED))
    .toSorted()
    .map((name) => readJson(join(units, name), 'INVALID_RUN') as Failure)
}

/** Leaves in the run folder why a unit has no rows. */
export function recordFailure(folder: string, failure: Failure): void {
  writeAtomically(failureFile(folder, failure.unit), `${JSON.stringify(failure)}\n`)
}

/** Forgets an earlier failure of a unit. */
export function clearFailure(folder: string, id: string): void {
  rmSync(failureFile(folder, id), { force: true })
}

/** A file that was cut off, by a copy that stopped for instance, does not end as every Parquet file does. */
function isWhole(path: string): boolean {
  return hasMagic(path, 'PAR1', -4)
}

/** The units of a run folder whose rows are there. */
export function finishedUnits(folder: string, units: readonly PlannedUnit[]): PlannedUnit[] {
  return units.filter(({ id }) => existsSync(unitFile(folder, id)) && isWhole(unitFile(folder, id)))
}

/** A unit is finished when its rows are there, and, for the original weights, the maps that the others are compared with. */
function isFinished(study: Study, folder: string, unit: PlannedUnit, store: MapStore): boolean {
  if (finishedUnits(folder, [unit]).length === 0) return false
  const state = study.plan.states[unit.state] as PlannedState
  if (state.weights.kind !== 'original') return true
  const groups = Array.from({ length: unit.to - unit.from }, (_, i) => unit.from + i)
  return groups.every((group) =>
    state.conditions.every((condition) => store.has(group, conditionKey(condition))),
  )
}

/** The units that are still to do. */
export function pendingUnits(study: Study, folder: string): PlannedUnit[] {
  const store = openMapStore(folder, studiedVariants(study))
  return study.plan.units.filter((unit) => !isFinished(study, folder, unit, store))
}
