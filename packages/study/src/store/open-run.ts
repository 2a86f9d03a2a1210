import { SaliencyError } from '@saliency/core'
import { lostImages, readFailures, type StudyFailures } from './failures.ts'
import type { StudyRow } from './rows.ts'
import { type LostImages, type RunStore, STUDY } from './run-store.ts'
import { runOf, type StudyRecord } from './study-record.ts'
import { type FinishedUnit, finishedUnits, storedRows } from './units.ts'

/** A run, opened for reading. */
export interface Run {
  /** What it is read from. */
  readonly store: RunStore
  /** What was studied, and how. */
  readonly record: StudyRecord
  /** The units whose rows are there; the others are missing or damaged. */
  readonly finished: readonly FinishedUnit[]
  /** Units without rows and images that could not be read, and why. */
  readonly failures: StudyFailures
  /** Images that could not be read for at least one weight state, by id, and why. */
  readonly lost: LostImages
  /**
   * All rows, sorted by key; a value in each, usually a similarity in [−1, 1].
   * @throws INVALID_RUN if a unit is damaged, holds rows of another run, or there is none
   */
  rows(): Promise<readonly StudyRow[]>
}

/** What a store says is studied. @throws INVALID_RUN if it says nothing, or what it says was changed */
async function recordIn(store: RunStore): Promise<StudyRecord> {
  const record = await store.get('study', STUDY)
  if (!record)
    throw new SaliencyError('INVALID_RUN', `${store.name} holds no study: call runStudy with it first.`)
  // A run's id is the hash of all that changes a number.
  if (record.run === runOf(record.identity)) return record
  throw new SaliencyError(
    'INVALID_RUN',
    `${store.name}: its study.json is damaged or was written by another version: begin in another place.`,
  )
}

function assertOwn({ name }: RunStore, { run }: StudyRecord, rows: readonly StudyRow[]): void {
  const stranger = rows.find((row) => row.run !== run)
  if (!stranger) return
  throw new SaliencyError(
    'INVALID_RUN',
    `${name} holds rows of run ${stranger.run}, but its study is ${run}: use another place.`,
  )
}

/**
 * Opens what a store holds for reading; nothing in it is changed.
 * @throws INVALID_RUN if it holds no study, or one whose description was changed
 */
export async function openRun(store: RunStore): Promise<Run> {
  const record = await recordIn(store)
  const finished = await finishedUnits(store, record.units)
  const lost = lostImages(finished)
  const failures = await readFailures(store, record, finished)
  return {
    store,
    record,
    finished,
    failures,
    lost,
    async rows() {
      const rows = await storedRows(store)
      if (rows.length === 0 && failures.units.length === 0)
        throw new SaliencyError(
          'INVALID_RUN',
          `${store.name} has no finished unit yet: running the study goes on with it.`,
        )
      assertOwn(store, record, rows)
      return rows
    },
  }
}
