import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Condition, type ImageGroup, SaliencyError } from '@saliency/core'
import { type MapSession, openMapSession } from '../compute/map-session.ts'
import { messageOf } from '../errors.ts'
import { writeAtomically } from '../files.ts'
import { type ConditionMaps, computeCondition, targetsOf } from './compute-group.ts'
import { conditionKey } from './keys.ts'
import { type MapStore, openMapStore } from './map-store.ts'
import type { PlannedState, PlannedUnit } from './plan.ts'
import { createPredictors, type Predictors } from './predictors.ts'
import { type StudyRow, writeRows } from './rows.ts'
import { scoreGroup, studiedVariants } from './score-group.ts'
import { stateWeights } from './state-weights.ts'
import type { Study } from './study.ts'

/** What happens while a study runs. */
export interface StudyEvents {
  /** A session is being opened. */
  state?(index: number, state: PlannedState): void
  opened?(index: number, seconds: number): void
  /** One group of one unit is computed and scored. */
  group?(unit: PlannedUnit, group: number): void
  unit?(unit: PlannedUnit, error?: string): void
}

/** A unit that could not be computed. */
export interface Failure {
  readonly unit: string
  readonly reason: string
}

/** What a run left. */
export interface StudyOutcome {
  readonly done: number
  /** Units that could not be computed; the next run tries them again. */
  readonly failed: readonly Failure[]
  readonly interrupted: boolean
  /** Seconds spent waiting for the engine, and in all. */
  readonly seconds: { readonly engine: number; readonly scoring: number; readonly all: number }
}

interface Job {
  readonly unit: PlannedUnit
  readonly index: number
}

type Computed = { readonly group: ImageGroup; readonly own: ReadonlyMap<string, ConditionMaps> }

interface Context {
  readonly study: Study
  readonly folder: string
  readonly store: MapStore
  readonly predictors: Predictors
  readonly signal: AbortSignal
  readonly events: StudyEvents
  readonly clock: { engine: number; scoring: number }
}

/** The file of a finished unit. */
export function unitFile(folder: string, { id }: PlannedUnit): string {
  return join(folder, 'units', `${id}.parquet`)
}

function failureFile(folder: string, { id }: PlannedUnit): string {
  return join(folder, 'units', `${id}.failed.json`)
}

/** A unit is finished when its rows are there, and, for the original weights, the maps that the others are compared with. */
export function isFinished(study: Study, folder: string, unit: PlannedUnit, store: MapStore): boolean {
  if (!existsSync(unitFile(folder, unit))) return false
  const state = study.plan.states[unit.state] as PlannedState
  if (state.weights.kind !== 'original') return true
  const groups = Array.from({ length: unit.to - unit.from }, (_, i) => unit.from + i)
  return groups.every((group) =>
    state.conditions.every((condition) => store.has(group, conditionKey(condition))),
  )
}

async function computeGroup(
  context: Context,
  session: MapSession,
  fullSession: MapSession | undefined,
  state: PlannedState,
  index: number,
): Promise<Computed> {
  const { study, predictors, store, clock } = context
  const group = await study.images.group(index)
  const own = new Map<string, ConditionMaps>()
  for (const condition of state.conditions) {
    if (context.signal.aborted || group.images.length === 0) break
    const started = performance.now()
    const used = condition.map === 'full' ? (fullSession as MapSession) : session
    const maps = await computeCondition(study, predictors, used, group, condition)
    clock.engine += performance.now() - started
    own.set(conditionKey(condition), maps)
    if (state.weights.kind === 'original') store.write(index, conditionKey(condition), maps)
  }
  return { group, own }
}

/** Maps of a condition: this state's from memory, the original's from the run folder, each read once a group. */
function mapsReader(
  { study, predictors, store }: Context,
  { group, own }: Computed,
): (condition: Condition) => Promise<ConditionMaps> {
  const read = new Map<string, ConditionMaps>()
  return async (condition) => {
    const key = conditionKey(condition)
    const found = own.get(key) ?? read.get(key)
    if (found) return found
    if (!store.has(group.index, key)) {
      throw new SaliencyError(
        'INVALID_RUN',
        `the original maps of group ${group.index} are missing because their unit failed.`,
      )
    }
    const maps = {
      ...store.read(group.index, key),
      targets: await targetsOf(study, predictors, group, condition),
    }
    read.set(key, maps)
    return maps
  }
}

/** Leaves a unit's rows, or why there are none, in the run folder. */
function closeUnit(
  { folder, events }: Context,
  unit: PlannedUnit,
  rows: readonly StudyRow[],
  problem?: string,
): void {
  if (problem === undefined) {
    writeRows(unitFile(folder, unit), rows)
    rmSync(failureFile(folder, unit), { force: true })
  } else {
    const failure: Failure = { unit: unit.id, reason: problem }
    writeAtomically(failureFile(folder, unit), `${JSON.stringify(failure)}\n`)
  }
  events.unit?.(unit, problem)
}

/** Rows of one computed group, or the reason why there are none. */
async function scoreJob(
  context: Context,
  state: PlannedState,
  computed: Computed | Error,
): Promise<StudyRow[] | string> {
  const { study, predictors, signal, clock } = context
  if (computed instanceof Error) return messageOf(computed)
  const started = performance.now()
  try {
    const mapsOf = mapsReader(context, computed)
    return await scoreGroup({ study, predictors, state, group: computed.group, mapsOf, signal })
  } catch (error) {
    return messageOf(error)
  } finally {
    clock.scoring += performance.now() - started
  }
}

async function runJobs(
  context: Context,
  state: PlannedState,
  jobs: readonly Job[],
  sessions: readonly [MapSession, MapSession | undefined],
): Promise<{ failed: Failure[]; done: number }> {
  const { signal, events } = context
  const failed: Failure[] = []
  let done = 0
  let rows: StudyRow[] = []
  let problem: string | undefined
  // One group after the other: engines compute on the calling thread, so that nothing is gained by starting the next one.
  for (const { unit, index } of jobs) {
    const computed = await computeGroup(context, ...sessions, state, index).catch(
      (error: unknown) => error as Error,
    )
    if (signal.aborted) break
    const scored = await scoreJob(context, state, computed)
    if (signal.aborted) break
    if (typeof scored === 'string') problem ??= scored
    else rows = [...rows, ...scored]
    events.group?.(unit, index)
    if (index !== unit.to - 1) continue
    closeUnit(context, unit, rows, problem)
    if (problem === undefined) done += 1
    else failed.push({ unit: unit.id, reason: problem })
    rows = []
    problem = undefined
  }
  return { failed, done }
}

async function runState(
  context: Context,
  index: number,
  units: readonly PlannedUnit[],
): Promise<{ failed: Failure[]; done: number }> {
  const { study, events } = context
  const state = study.plan.states[index] as PlannedState
  events.state?.(index, state)
  const started = performance.now()
  const open: MapSession[] = []
  try {
    const { seed, engine, batchSize } = study
    const weights = await stateWeights(study, state.weights)
    const settings = { engine, weights, batchSize, seed }
    open.push(await openMapSession(study.maps, settings))
    const needsFull = state.conditions.some(({ map }) => map === 'full')
    if (needsFull && study.fullMaps) open.push(await openMapSession(study.fullMaps, settings))
    const seconds = (performance.now() - started) / 1000
    context.clock.engine += seconds * 1000
    events.opened?.(index, seconds)
    const jobs = units.flatMap((unit) =>
      Array.from({ length: unit.to - unit.from }, (_, i): Job => ({ unit, index: unit.from + i })),
    )
    return await runJobs(context, state, jobs, [open[0] as MapSession, open[1]])
  } catch (error) {
    if (SaliencyError.is(error, 'FILE')) throw error
    const reason = messageOf(error)
    for (const unit of units) closeUnit(context, unit, [], reason)
    return { failed: units.map(({ id }) => ({ unit: id, reason })), done: 0 }
  } finally {
    for (const session of open) await session.dispose()
  }
}

/**
 * Computes and scores every unit that is not finished, weight state by weight state, and writes each unit's rows as one
 * immutable file. A unit that fails is recorded and the rest goes on.
 * @throws FILE if the run folder cannot be written.
 */
export async function executeStudy(
  study: Study,
  folder: string,
  { signal = new AbortController().signal, events = {} }: { signal?: AbortSignal; events?: StudyEvents } = {},
): Promise<StudyOutcome> {
  const started = performance.now()
  const store = openMapStore(folder, studiedVariants(study))
  const predictors = createPredictors(study)
  const context: Context = {
    study,
    folder,
    store,
    predictors,
    signal,
    events,
    clock: { engine: 0, scoring: 0 },
  }
  const failed: Failure[] = []
  let done = 0
  try {
    for (const index of study.plan.states.keys()) {
      const units = study.plan.units.filter(
        (unit) => unit.state === index && !isFinished(study, folder, unit, store),
      )
      if (units.length === 0 || signal.aborted) continue
      const outcome = await runState(context, index, units)
      failed.push(...outcome.failed)
      done += outcome.done
    }
  } finally {
    await predictors.dispose()
  }
  const all = (performance.now() - started) / 1000
  const seconds = { engine: context.clock.engine / 1000, scoring: context.clock.scoring / 1000, all }
  return { done, failed, interrupted: signal.aborted, seconds }
}
