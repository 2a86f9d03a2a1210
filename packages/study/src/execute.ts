import { timeEngine } from './engine-clock.ts'
import { Pipeline, type PipelineEvents } from './pipeline.ts'
import type { RunStore } from './store/run-store.ts'
import type { Failure, PlannedUnit } from './store/planned-unit.ts'
import { createPredictors } from './predictors.ts'
import { roundingOf } from './rounding.ts'
import { runState, type StateContext, type StateEvents } from './run-state.ts'
import { type OpenCrew, openOwnCrew } from './scoring/crew.ts'
import { readCalibration } from './state-weights.ts'
import type { Study } from './study.ts'
import { type Tries, uncounted } from './tries.ts'
import { pendingUnits } from './pending.ts'

/** What happens while a study runs. */
export interface StudyEvents extends StateEvents, PipelineEvents {}

/** Where the time of a run went. */
export interface StudySeconds {
  /** In which the engine opened or ran sessions. */
  readonly engine: number
  /** Of scoring, in all threads beside it. */
  readonly scoring: number
  /** Scoring threads; 0 where checks had to be scored on the engine's own. */
  readonly threads: number
  readonly all: number
}

/** What a run left. */
export interface StudyOutcome {
  readonly done: number
  /** Units that could not be computed; the next run tries them again. */
  readonly failed: readonly Failure[]
  readonly interrupted: boolean
  readonly seconds: StudySeconds
}

async function runStates(context: StateContext, pending: readonly PlannedUnit[]): Promise<void> {
  const { study, signal, pipeline } = context
  for (const index of study.plan.states.keys()) {
    const units = pending.filter((unit) => unit.state === index)
    if (signal.aborted) return
    if (units.length > 0) await runState(context, index, units)
  }
  if (!signal.aborted) await pipeline.drain()
}

const nothing: StudyOutcome = {
  done: 0,
  failed: [],
  interrupted: false,
  seconds: { engine: 0, scoring: 0, threads: 0, all: 0 },
}

/** How a study is executed. */
export interface ExecuteSettings {
  readonly signal?: AbortSignal
  readonly events?: StudyEvents
  /** Who scores; the thread that calls, by default. */
  readonly openCrew?: OpenCrew
  /** What {@link pendingUnits} gave, where that was asked before. */
  readonly pending?: readonly PlannedUnit[]
  /** Counts how often units are begun; nobody does by default. */
  readonly tries?: Tries
  /** Is told how this machine rounds before anything is computed; what it throws stops the run. */
  readonly rounds?: ((rounding: string) => void) | undefined
}

/**
 * Computes and scores every unit that is not finished, weight state by weight state, and stores each unit's rows once, whole.
 * A unit that fails is recorded and the rest goes on.
 * @throws FILE if the store cannot be written.
 */
export async function executeStudy(
  given: Study,
  store: RunStore,
  {
    signal = new AbortController().signal,
    events = {},
    openCrew = openOwnCrew,
    pending,
    tries = uncounted,
    rounds,
  }: ExecuteSettings = {},
): Promise<StudyOutcome> {
  const started = performance.now()
  const engine = timeEngine(given.engine)
  const study: Study = { ...given, engine }
  const predictors = createPredictors(study)
  const units = pending ?? (await pendingUnits(study, store))
  if (units.length === 0) return nothing
  await readCalibration(study, units)
  // It gets ready while the engine opens the first session.
  const opening = openCrew({ study, store, predict: predictors.predict, signal })
  const stopCrew = async () => (await opening).dispose()
  signal.addEventListener('abort', stopCrew)
  const pipeline = new Pipeline(store, opening, signal, events, tries)
  try {
    pipeline.rounding = await roundingOf(study, predictors)
    if (pipeline.rounding !== undefined) rounds?.(pipeline.rounding)
    await runStates({ study, store, predictors, pipeline, signal, events, tries }, units)
  } finally {
    signal.removeEventListener('abort', stopCrew)
    await stopCrew()
    if (signal.aborted) await tries.withdraw()
    await predictors.dispose()
  }
  const crew = await opening
  const seconds = {
    engine: engine.seconds,
    scoring: crew.seconds,
    threads: crew.threads,
    all: (performance.now() - started) / 1000,
  }
  return { done: pipeline.done, failed: pipeline.failed, interrupted: signal.aborted, seconds }
}
