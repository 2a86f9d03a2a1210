import { mergeRows } from '@saliency/core'
import { completeRows } from './complete-rows.ts'
import type { PlannedUnit } from './planned-unit.ts'
import type { StudyRow } from './rows.ts'
import { getSound, type RunStore, type UnitFacts } from './run-store.ts'

/** A unit whose rows are there. */
export interface FinishedUnit extends UnitFacts {
  readonly unit: PlannedUnit
}

/** The units whose rows are stored and not damaged. */
export async function finishedUnits(store: RunStore, units: readonly PlannedUnit[]): Promise<FinishedUnit[]> {
  const finished: FinishedUnit[] = []
  for (const unit of units) {
    const found = await getSound(store, 'unit', unit.id)
    if (!found) continue
    const { lost, rounding } = found
    finished.push({ unit, lost, ...(rounding !== undefined && { rounding }) })
  }
  return finished
}

/** Stores the rows of a unit all of whose groups are scored. */
export async function putUnit(
  store: RunStore,
  id: string,
  scored: readonly StudyRow[],
  facts: UnitFacts,
): Promise<void> {
  const rows = completeRows(scored)
  await store.put('unit', id, { ...facts, rows: async () => rows })
}

/** All rows of a run's finished units, sorted by key; a row that two units share is there once. */
export async function storedRows(store: RunStore): Promise<readonly StudyRow[]> {
  const rows: StudyRow[] = []
  for (const id of await store.list('unit'))
    for (const row of (await (await store.get('unit', id))?.rows()) ?? []) rows.push(row)
  return mergeRows(rows)
}
