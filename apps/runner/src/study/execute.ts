import { type Condition, SaliencyError, tensor } from '@saliency/core'
import type { MapSession } from '../compute/map-session.ts'
import { messageOf } from '../errors.ts'
import { type ConditionMaps, computeCondition, targetsOf } from './compute-group.ts'
import { timeEngine } from './engine-clock.ts'
import { conditionKey } from './keys.ts'
import { type MapStore, openMapStore } from './map-store.ts'
import { Pipeline } from './pipeline.ts'
import { type PlannedState, type PlannedUnit, scoredConditions } from './plan.ts'
import { createPredictors, type Predictors } from './predictors.ts'
import { openCrew } from './scoring/crew.ts'
import { type ScoreJob, studiedVariants } from './scoring/jobs.ts'
import { stateWeights } from './state-weights.ts'
import type { Study } from './study.ts'
import { openTolerantSession, type TolerantSession } from './tolerant-session.ts'
import { type Failure, isFinished } from './units.ts'

/** What happens while a study runs. */
export interface StudyEvents {
  /** A session is being opened. */
  state?(index: number, state: PlannedState): void
  opened?(index: number, seconds: number): void
  /** The maps of one group are computed. */
  computed?(unit: PlannedUnit, group: number, seconds: number): void
  /** One group is scored. */
  group?(unit: PlannedUnit, group: number, seconds: number): void
  unit?(unit: PlannedUnit, error?: string): void
}

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

interface Context {
  readonly study: Study
  readonly store: MapStore
  readonly predictors: Predictors
  readonly pipeline: Pipeline
  readonly signal: AbortSignal
  readonly events: StudyEvents
}

interface OpenState {
  readonly state: PlannedState
  readonly index: number
  readonly session: TolerantSession
  /** For conditions that ask for all channels. */
  readonly full?: TolerantSession
}

/** Puts an empty map in the place of what the engine could not compute: every file of maps holds the same variants. */
function completed(maps: ConditionMaps, variants: readonly string[]): ConditionMaps {
  if (maps.convergence) return maps
  const empty = tensor(new Float32Array(), [0, 1, 0, 0])
  return { ...maps, maps: new Map(variants.map((id) => [id, maps.maps.get(id) ?? empty])) }
}

/** The classes explained under the conditions of the original weights that a state is compared with. */
async function originalTargets(
  { study, predictors, store }: Context,
  { state }: OpenState,
  group: ScoreJob['group'],
): Promise<Map<string, readonly number[]>> {
  const targets = new Map<string, readonly number[]>()
  if (state.weights.kind === 'original') return targets
  for (const condition of study.plan.checks.flatMap((check) => scoredConditions(check, state))) {
    const key = conditionKey(condition)
    if (condition.weights.kind !== 'original' || targets.has(key) || !store.has(group.index, key)) continue
    targets.set(key, await targetsOf(study, predictors, group, condition))
  }
  return targets
}

/** Every map of one group under one weight state. */
async function computeGroup(
  context: Context,
  open: OpenState,
  unit: PlannedUnit,
  index: number,
): Promise<Omit<ScoreJob, 'variants'>> {
  const { study, predictors, store } = context
  const group = await study.images.group(index)
  const own = new Map<string, ConditionMaps>()
  const compute = (session: Pick<MapSession, 'maps'>, condition: Condition) =>
    computeCondition(study, predictors, session as MapSession, group, condition)
  for (const condition of open.state.conditions) {
    if (context.signal.aborted || group.images.length === 0) break
    const session = condition.map === 'full' ? (open.full as TolerantSession) : open.session
    const maps = completed(await compute(session, condition), studiedVariants(study))
    own.set(conditionKey(condition), maps)
    if (open.state.weights.kind === 'original') store.write(index, conditionKey(condition), maps)
  }
  const originals = await originalTargets(context, open, group)
  const broken = new Map([...open.session.broken, ...(open.full?.broken ?? [])])
  return { unit: unit.id, state: open.index, group, own, originals, broken }
}

async function runGroups(context: Context, open: OpenState, units: readonly PlannedUnit[]): Promise<void> {
  const { signal, pipeline, events } = context
  for (const unit of units) {
    for (let index = unit.from; index < unit.to; index++) {
      await pipeline.room()
      if (signal.aborted) return
      const started = performance.now()
      const computed = await computeGroup(context, open, unit, index).catch((error: unknown) => {
        if (SaliencyError.is(error, 'FILE')) throw error
        return error as Error
      })
      if (signal.aborted) return
      events.computed?.(unit, index, (performance.now() - started) / 1000)
      pipeline.add(unit, index, computed)
    }
  }
}

async function openState({ study, events }: Context, index: number): Promise<OpenState> {
  const state = study.plan.states[index] as PlannedState
  events.state?.(index, state)
  const started = performance.now()
  const { seed, engine, batchSize, memory } = study
  const weights = await stateWeights(study, state.weights)
  const settings = { engine, weights, batchSize, seed, isLean: memory.isLean }
  const session = await openTolerantSession(study.maps, settings)
  const needsFull = state.conditions.some(({ map }) => map === 'full')
  const full = needsFull && study.fullMaps ? await openTolerantSession(study.fullMaps, settings) : undefined
  events.opened?.(index, (performance.now() - started) / 1000)
  return { state, index, session, ...(full && { full }) }
}

async function runState(context: Context, index: number, units: readonly PlannedUnit[]): Promise<void> {
  let open: OpenState | undefined
  try {
    open = await openState(context, index)
    await runGroups(context, open, units)
  } catch (error) {
    if (SaliencyError.is(error, 'FILE')) throw error
    context.pipeline.fail(units, messageOf(error))
  } finally {
    await open?.session.dispose()
    await open?.full?.dispose()
  }
}

async function runStates(context: Context, folder: string): Promise<void> {
  const { study, store, signal, pipeline } = context
  for (const index of study.plan.states.keys()) {
    const units = study.plan.units.filter(
      (unit) => unit.state === index && !isFinished(study, folder, unit, store),
    )
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

/**
 * Computes and scores every unit that is not finished, weight state by weight state, and writes each unit's rows as one
 * immutable file. A unit that fails is recorded and the rest goes on. Scoring runs on threads beside the engine.
 * @throws FILE if the run folder cannot be written.
 */
export async function executeStudy(
  given: Study,
  folder: string,
  {
    signal = new AbortController().signal,
    events = {},
    threads,
  }: { signal?: AbortSignal; events?: StudyEvents; threads?: number } = {},
): Promise<StudyOutcome> {
  const started = performance.now()
  const engine = timeEngine(given.engine)
  const study: Study = { ...given, engine }
  const predictors = createPredictors(study)
  const store = openMapStore(folder, studiedVariants(study))
  if (study.plan.units.every((unit) => isFinished(study, folder, unit, store))) return nothing
  // Its threads load their modules while the engine opens the first session.
  const opening = openCrew(study, folder, predictors.predict, signal, threads)
  const stopCrew = async () => (await opening).dispose()
  signal.addEventListener('abort', stopCrew)
  const pipeline = new Pipeline(folder, opening, signal, events)
  try {
    await runStates({ study, store, predictors, pipeline, signal, events }, folder)
  } finally {
    signal.removeEventListener('abort', stopCrew)
    await stopCrew()
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
