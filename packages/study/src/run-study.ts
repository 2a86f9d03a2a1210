import { SaliencyError } from '@saliency/core'
import { assertFinite } from './assert-finite.ts'
import { executeStudy, type StudyEvents, type StudyOutcome } from './execute.ts'
import { pendingUnits } from './pending.ts'
import type { PlannedStudy } from './plan-study.ts'
import type { OpenCrew } from './scoring/crew.ts'
import type { Shard } from './shard.ts'
import { continueRun } from './store/continue-run.ts'
import type { RunStore } from './store/run-store.ts'
import type { StudyRecord } from './store/study-record.ts'
import type { PlannedUnit } from './store/planned-unit.ts'
import { countTries, forgetTries, passOver, uncounted } from './tries.ts'

/** A planned study, where it is kept, and how much of it is run. */
export interface StudyToRun extends PlannedStudy {
  readonly store: RunStore
  /** The share that is run; all of it by default. */
  readonly shard?: Shard
}

/** How a study is run. */
export interface RunSettings {
  /** Stops the run: what is finished stays, and running the study again goes on. */
  readonly signal?: AbortSignal
  /** What is told while the study runs, given the units that are to do. */
  readonly events?: (pending: readonly PlannedUnit[]) => StudyEvents
  /** Is told how this machine rounds, before anything is computed; what it throws stops the run. */
  readonly rounds?: (rounding: string) => void
}

/** What a run left. */
export interface RunOutcome extends StudyOutcome {
  /** What the store says is studied. */
  readonly record: StudyRecord
}

/** Stores in which this program runs a study. */
const running = new WeakSet<RunStore>()

async function runAlone(
  { study: given, record: planned, store, shard }: StudyToRun,
  { signal, events, rounds }: RunSettings,
  openCrew?: OpenCrew,
): Promise<RunOutcome> {
  if ((await store.list('unit')).length === 0) await assertFinite(given)
  const record = await continueRun(store, planned)
  const study = { ...given, plan: { ...given.plan, units: record.units } }
  if (!shard) await forgetTries(store)
  const pending = await pendingUnits(study, store, shard)
  const { failed, units } = await passOver(store, pending)
  const outcome = await executeStudy(study, store, {
    pending: units,
    events: events?.(units) ?? {},
    tries: shard ? countTries(store) : uncounted,
    rounds,
    ...(signal && { signal }),
    ...(openCrew && { openCrew }),
  })
  return { ...outcome, failed: [...failed, ...outcome.failed], record }
}

/** {@link runStudy}, with whoever scores. */
export async function runWith(
  given: StudyToRun,
  settings: RunSettings,
  openCrew?: OpenCrew,
): Promise<RunOutcome> {
  const { store } = given
  if (running.has(store))
    throw new SaliencyError('INVALID_RUN', `${store.name} is in use: a study runs in it. Wait until it ends.`)
  running.add(store)
  try {
    return await runAlone(given, settings, openCrew)
  } finally {
    running.delete(store)
  }
}

/**
 * Runs a planned study or a shard of it, or goes on with it: computes every unit that its store lacks. Maps are scored on the thread that
 * calls, which runs whatever else is waiting between two variants; nothing of Node.js is needed.
 * @throws INVALID_MODEL if the logits of the first images are no finite numbers; INVALID_OPTION if there is no such shard;
 * INVALID_RUN if the store holds another study or one runs in it; FILE if the store cannot be written
 */
export async function runStudy(given: StudyToRun, settings: RunSettings = {}): Promise<RunOutcome> {
  return runWith(given, settings)
}
