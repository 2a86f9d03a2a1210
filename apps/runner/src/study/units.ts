import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readJson, writeAtomically } from '../files.ts'
import { conditionKey } from './keys.ts'
import { openMapStore } from './map-store.ts'
import type { PlannedState, PlannedUnit } from './plan.ts'
import { type LostImages, readLost } from './rows.ts'
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
  if (!existsSync(units)) return []
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

/** A unit whose rows are there. */
export interface FinishedUnit {
  readonly unit: PlannedUnit
  /** Images that could not be read for it. */
  readonly lost: LostImages
}

/** The units of a run folder whose files are there and not damaged. */
export function finishedUnits(folder: string, units: readonly PlannedUnit[]): FinishedUnit[] {
  return units.flatMap((unit) => {
    const lost = readLost(unitFile(folder, unit.id))
    return lost ? [{ unit, lost }] : []
  })
}

/** The groups of a unit. */
function groupsOf({ from, to }: PlannedUnit): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

/** Whether an image that a unit lacks can be read by now. */
async function isReadable({ images }: Study, { lost }: FinishedUnit): Promise<boolean> {
  for (const id of lost.keys()) if (await images.read(id)) return true
  return false
}

/**
 * The units that are still to do: those without sound rows, those with an image that could not be read then and can be
 * now, and those of the original weights whose maps are gone, or damaged while other units are to be compared with them.
 */
export async function pendingUnits(study: Study, folder: string): Promise<PlannedUnit[]> {
  const done = new Set<PlannedUnit>()
  for (const finished of finishedUnits(folder, study.plan.units))
    if (!(await isReadable(study, finished))) done.add(finished.unit)
  const store = openMapStore(folder, studiedVariants(study))
  const compared = new Set(study.plan.units.filter((unit) => !done.has(unit)).flatMap(groupsOf))
  const hasMaps = (unit: PlannedUnit) => {
    const { weights, conditions } = study.plan.states[unit.state] as PlannedState
    if (weights.kind !== 'original') return true
    const keys = conditions.map(conditionKey)
    return groupsOf(unit).every((group) =>
      keys.every((key) => (compared.has(group) ? store.isSound(group, key) : store.has(group, key))),
    )
  }
  return study.plan.units.filter((unit) => !done.has(unit) || !hasMaps(unit))
}
