import { conditionKey } from './store/keys.ts'
import { getSound, mapsId, type RunStore } from './store/run-store.ts'
import type { PlannedUnit } from './store/planned-unit.ts'
import { type FinishedUnit, finishedUnits } from './store/units.ts'
import type { PlannedState } from './plan.ts'
import { type Shard, shardUnits } from './shard.ts'
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

/** Whether all maps of a unit are there; those that are to be compared with are read to see whether they are sound. */
async function hasMaps(
  { plan }: Study,
  store: RunStore,
  unit: PlannedUnit,
  compared: ReadonlySet<number>,
): Promise<boolean> {
  const { weights, conditions } = plan.states[unit.state] as PlannedState
  if (weights.kind !== 'original') return true
  // Maps that go with their process are made again where something is compared with them, and only there.
  const needed = groupsOf(unit).filter((group) => store.scratch === undefined || compared.has(group))
  for (const group of needed)
    for (const condition of conditions) {
      const id = mapsId(group, conditionKey(condition))
      const isThere = compared.has(group) ? await getSound(store, 'maps', id) : await store.has('maps', id)
      if (!isThere) return false
    }
  return true
}

/**
 * The units that are still to do: those without sound rows, those with an image that could not be read then and can be
 * now, and those of the original weights whose maps are gone, or damaged while other units are to be compared with them.
 * @param shard asks for its units alone
 * @throws INVALID_OPTION if there is no such shard
 */
export async function pendingUnits(study: Study, store: RunStore, shard?: Shard): Promise<PlannedUnit[]> {
  const units = shard ? shardUnits(study.plan, shard) : study.plan.units
  const done = new Set<PlannedUnit>()
  for (const finished of await finishedUnits(store, units))
    if (!(await isReadable(study, finished))) done.add(finished.unit)
  const compared = new Set(units.filter((unit) => !done.has(unit)).flatMap(groupsOf))
  const pending: PlannedUnit[] = []
  for (const unit of units)
    if (!done.has(unit) || !(await hasMaps(study, store, unit, compared))) pending.push(unit)
  return pending
}
