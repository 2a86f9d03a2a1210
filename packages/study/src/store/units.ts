import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readJson, writeAtomically } from '../system/files.ts'
import type { LostImages } from './encode-rows.ts'
import { readLost } from './unit-file.ts'

/** A piece of work that is stored as one file: one weight state, groups `from` to `to` (exclusive). */
export interface PlannedUnit {
  readonly id: string
  readonly state: number
  readonly from: number
  readonly to: number
}

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
