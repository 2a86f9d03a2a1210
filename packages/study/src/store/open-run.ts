import { SaliencyError } from '@saliency/core'
import { lostImages, readFailures, type StudyFailures } from './failures.ts'
import type { StudyRow } from './rows.ts'
import type { StudyRecord } from './study-record.ts'
import { assertIdentity, readStudy } from './run-folder.ts'
import { readAllRows } from './unit-file.ts'
import { type FinishedUnit, finishedUnits } from './units.ts'

/** A run folder, opened for reading. */
export interface Run {
  readonly folder: string
  /** What was studied, and how. */
  readonly record: StudyRecord
  /** The units whose rows are there; the others are missing or damaged. */
  readonly finished: readonly FinishedUnit[]
  /** Units without rows and images that could not be read, and why. */
  readonly failures: StudyFailures
  /** Images that could not be read for at least one weight state, by id, and why. */
  readonly lost: ReadonlyMap<string, string>
  /**
   * All rows, sorted by key; a value in each, usually a similarity in [−1, 1].
   * @throws INVALID_RUN if a unit file is damaged, holds rows of another run, or there is none
   */
  rows(): Promise<readonly StudyRow[]>
}

function assertOwn(folder: string, { run }: StudyRecord, rows: readonly StudyRow[]): void {
  const stranger = rows.find((row) => row.run !== run)
  if (!stranger) return
  throw new SaliencyError(
    'INVALID_RUN',
    `${folder} holds rows of run ${stranger.run}, but its study.json describes ${run}: use another folder.`,
  )
}

/**
 * Opens a run folder for reading: what it says is checked by checksums, and nothing in it is changed.
 * @throws INVALID_RUN if it is no run folder, or its `study.json` is damaged
 */
export function openRun(folder: string): Run {
  const record = readStudy(folder)
  assertIdentity(folder, record)
  const finished = finishedUnits(folder, record.units)
  const lost = lostImages(finished)
  const failures = readFailures(folder, record, lost)
  return {
    folder,
    record,
    finished,
    failures,
    lost,
    async rows() {
      const rows = await readAllRows(folder)
      if (rows.length === 0 && failures.units.length === 0)
        throw new SaliencyError(
          'INVALID_RUN',
          `${folder} has no finished unit yet: \`saliency run\` goes on with it.`,
        )
      assertOwn(folder, record, rows)
      return rows
    },
  }
}
