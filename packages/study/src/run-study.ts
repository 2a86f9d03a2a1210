import { existsSync } from 'node:fs'
import { openRunFolder } from './store/open-run-folder.ts'
import type { StudyRecord } from './store/study-record.ts'
import { studyFile } from './store/run-folder.ts'
import { lockRunFolder } from './store/run-lock.ts'
import type { PlannedUnit } from './store/units.ts'
import { assertFinite } from './assert-finite.ts'
import { executeStudy, type StudyEvents, type StudyOutcome } from './execute.ts'
import { pendingUnits } from './pending.ts'
import type { PlannedStudy } from './plan-study.ts'

/** A planned study, and the folder it runs in. */
export interface StudyInFolder extends PlannedStudy {
  /** The run folder, made when the study runs. */
  readonly folder: string
}

/** How a study is run. */
export interface RunSettings {
  /** Stops the run; finished units stay. */
  readonly signal?: AbortSignal
  /** What is told while the study runs, given the units that are to do. */
  readonly events?: (pending: readonly PlannedUnit[]) => StudyEvents
  /** Scoring threads beside the engine's; 0 for none. A quarter of the cores by default, at most four. */
  readonly threads?: number
  /** Is told what is waited for: another process that is about to end, for instance. */
  readonly say?: (text: string) => void
}

/** What a run left. */
export interface RunOutcome extends StudyOutcome {
  /** What `study.json` says. */
  readonly record: StudyRecord
}

/**
 * Runs a planned study in its folder: makes the folder or goes on in it, and computes every unit that is not finished.
 * @throws INVALID_MODEL if the logits of the first images are no finite numbers; INVALID_RUN if the folder holds another study or another process works in it; FILE if it cannot be written
 */
export async function runStudy(
  { study, record, folder }: StudyInFolder,
  { signal, events, threads, say = () => undefined }: RunSettings = {},
): Promise<RunOutcome> {
  const release = await lockRunFolder(folder, say)
  try {
    if (!existsSync(studyFile(folder))) await assertFinite(study)
    const { record: stored } = openRunFolder(folder, record)
    const pending = await pendingUnits(study, folder)
    const told = events?.(pending) ?? {}
    const outcome = await executeStudy(study, folder, {
      pending,
      events: told,
      ...(signal && { signal }),
      ...(threads !== undefined && { threads }),
    })
    return { ...outcome, record: stored }
  } finally {
    release()
  }
}
