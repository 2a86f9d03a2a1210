import type { Failure, PlannedUnit } from './store/planned-unit.ts'
import type { RunStore } from './store/run-store.ts'

/** A unit under which so many processes ended is passed over, so that one unit does not hold up the rest of its shard for ever. */
const MOST = 3

/** Counts how many processes began a unit and did not come to its end. */
export interface Tries {
  /** @param alone is waited for where a process ended under the unit before: then no other one may be blamed for it */
  begin(unit: PlannedUnit, alone: () => Promise<void>): Promise<void>
  /** The unit has its rows, or why it has none is recorded. */
  end(id: string): Promise<void>
  /** Counts for nothing what this process began and did not end: it was asked to stop. */
  withdraw(): Promise<void>
}

/** For a run that a person watches: whoever kills it does not mean a unit. */
export const uncounted: Tries = {
  begin: async () => undefined,
  end: async () => undefined,
  withdraw: async () => undefined,
}

/** Counts in the store, before a unit begins: what comes after may end the process. */
export function countTries(store: RunStore): Tries {
  /** How often the units that this process has begun had been tried before. */
  const begun = new Map<string, number>()
  return {
    async begin({ id }, alone) {
      const earlier = (await store.get('tries', id)) ?? 0
      if (earlier > 0) await alone()
      begun.set(id, earlier)
      await store.put('tries', id, earlier + 1)
    },
    async end(id) {
      if (!begun.delete(id)) return
      await store.remove('tries', id)
    },
    async withdraw() {
      for (const [id, earlier] of begun)
        await (earlier > 0 ? store.put('tries', id, earlier) : store.remove('tries', id))
      begun.clear()
    },
  }
}

/** Records units that were tried too often as failed. @returns those, and what is left to do */
export async function passOver(
  store: RunStore,
  pending: readonly PlannedUnit[],
): Promise<{ failed: readonly Failure[]; units: readonly PlannedUnit[] }> {
  const failed: Failure[] = []
  for (const { id } of pending) {
    const tries = await store.get('tries', id)
    if (tries === undefined || tries < MOST) continue
    const reason = `${tries} processes ended while they computed it, so shards pass it over. \`saliency plan\`, and \`saliency run\` without --shard, try it again.`
    const failure = { unit: id, reason }
    await store.put('failure', id, failure)
    failed.push(failure)
  }
  const passed = new Set(failed.map(({ unit }) => unit))
  return { failed, units: pending.filter(({ id }) => !passed.has(id)) }
}

/** Lets every unit be tried again. */
export async function forgetTries(store: RunStore): Promise<void> {
  for (const id of await store.list('tries')) await store.remove('tries', id)
}
