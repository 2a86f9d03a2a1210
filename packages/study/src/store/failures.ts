import type { LostImages, RunStore } from './run-store.ts'
import type { StudyRecord } from './study-record.ts'
import type { Failure } from './planned-unit.ts'
import type { FinishedUnit } from './units.ts'

/** An image that could not be read, and why. */
export interface ImageFailure {
  readonly id: string
  readonly reason: string
}

/** What went wrong in a run, for the report. */
export interface StudyFailures {
  readonly units: readonly Failure[]
  readonly images: readonly ImageFailure[]
}

/** Images that at least one finished unit lacks, by id, and why. */
export function lostImages(finished: readonly FinishedUnit[]): LostImages {
  return new Map(finished.flatMap(({ lost }) => [...lost]))
}

/** Everything that a store says went wrong, whoever saw it. A unit that failed and was finished by another process did not. */
export async function readFailures(
  store: RunStore,
  { skipped }: Pick<StudyRecord, 'skipped'>,
  finished: readonly FinishedUnit[],
): Promise<StudyFailures> {
  const units: Failure[] = []
  const lost = lostImages(finished)
  const isDone = new Set(finished.map(({ unit }) => unit.id))
  for (const id of await store.list('failure')) {
    if (isDone.has(id)) continue
    const failure = await store.get('failure', id)
    if (failure) units.push(failure)
  }
  return { units, images: [...skipped, ...[...lost].map(([id, reason]) => ({ id, reason }))] }
}
