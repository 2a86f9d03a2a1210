import type { StudyRecord } from './study-record.ts'
import { type Failure, type FinishedUnit, readUnitFailures } from './units.ts'

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
export function lostImages(finished: readonly FinishedUnit[]): Map<string, string> {
  return new Map(finished.flatMap(({ lost }) => [...lost]))
}

/** Everything that a run folder says went wrong, whichever process saw it. */
export function readFailures(
  folder: string,
  { skipped }: Pick<StudyRecord, 'skipped'>,
  lost: ReadonlyMap<string, string>,
): StudyFailures {
  const images = [...skipped, ...[...lost].map(([id, reason]) => ({ id, reason }))]
  return { units: readUnitFailures(folder), images }
}
