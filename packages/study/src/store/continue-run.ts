import { SaliencyError } from '@saliency/core'
import { differences } from './differences.ts'
import { type RunStore, STUDY } from './run-store.ts'
import type { StudyRecord } from './study-record.ts'

/** True where units or maps are stored. */
async function holdsResults(store: RunStore): Promise<boolean> {
  return (await store.list('unit')).length + (await store.list('maps')).length > 0
}

/** What must be the same for a run to go on: all that changes a number, and which variants could be computed at all. */
function sameness({ identity, unavailable }: StudyRecord): unknown {
  return { ...identity, unavailable: unavailable.map(({ id }) => ({ id })) }
}

function assertSame({ name }: RunStore, stored: StudyRecord, record: StudyRecord): void {
  const changed = differences(sameness(stored), sameness(record))
  if (changed.length === 0) return
  const list = changed.slice(0, 12).join('\n  ')
  const more = changed.length > 12 ? `\n  … and ${changed.length - 12} more` : ''
  throw new SaliencyError(
    'INVALID_RUN',
    `${name} holds another study. Changed:\n  ${list}${more}\nBegin in an empty place: another folder with --out, or delete this one.`,
  )
}

/**
 * Says in an empty store what is studied. Where it is said already, by an earlier run or by another process that was
 * faster, that stays.
 * @returns what the store says is studied
 * @throws INVALID_RUN if the store holds results of nobody knows what; FILE if it cannot be written
 */
export async function beginRun(store: RunStore, record: StudyRecord): Promise<StudyRecord> {
  // Asked first: another process says what it studies before it stores results.
  const isUsed = await holdsResults(store)
  const stored = await store.get('study', STUDY)
  if (stored) return stored
  if (isUsed)
    throw new SaliencyError(
      'INVALID_RUN',
      `${store.name} holds results, but no study.json that says what they are of: begin in an empty place, another folder with --out, or delete this one.`,
    )
  await store.put('study', STUDY, record)
  return (await store.get('study', STUDY)) ?? record
}

/**
 * Begins a run in an empty store, or goes on with the one that is there: it must be of the same identity.
 * @returns what the store says is studied: units are cut as they were when the run began
 * @throws INVALID_RUN listing what changed; FILE if the store cannot be written
 */
export async function continueRun(store: RunStore, record: StudyRecord): Promise<StudyRecord> {
  const stored = await beginRun(store, record)
  assertSame(store, stored, record)
  return stored
}
