import { conditionKey } from './store/keys.ts'
import { openMapStore } from './store/map-store.ts'
import { type FinishedUnit, finishedUnits, type PlannedUnit } from './store/units.ts'
import type { PlannedState } from './plan.ts'
import { studiedVariants } from './scoring/jobs.ts'
import type { Study } from './study.ts'

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
