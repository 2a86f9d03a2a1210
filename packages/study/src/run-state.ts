import { type Condition, messageOf, SaliencyError, tensor } from '@saliency/core'
import type { OpenMaps } from '@saliency/explain'
import { type ConditionMaps, computeCondition, explainedIn } from './compute-group.ts'
import { requireImages } from './image-groups.ts'
import { conditionKey } from './store/keys.ts'
import type { Pipeline } from './pipeline.ts'
import { type PlannedState, scoredConditions } from './plan.ts'
import type { PlannedUnit } from './store/planned-unit.ts'
import type { Predictors } from './predictors.ts'
import { type ScoreJob, studiedVariants } from './scoring/jobs.ts'
import { lostToState, stateWeights } from './state-weights.ts'
import { type LostImages, mapsId, type RunStore, type StoredMaps } from './store/run-store.ts'
import type { Study } from './study.ts'
import type { Tries } from './tries.ts'
import { openTolerantMaps, type TolerantMaps } from './tolerant-maps.ts'

/** What happens while the maps of a weight state are computed. */
export interface StateEvents {
  /** A session is being opened. */
  state?(index: number, state: PlannedState): void
}

/** What every weight state of a run shares. */
export interface StateContext {
  readonly study: Study
  readonly store: RunStore
  readonly predictors: Predictors
  readonly pipeline: Pipeline
  readonly tries: Tries
  readonly signal: AbortSignal
  readonly events: StateEvents
}

interface OpenState {
  readonly state: PlannedState
  readonly index: number
  /** Images that its weights were calibrated without. */
  readonly lost: LostImages
  readonly maps: TolerantMaps
  /** For conditions that ask for all channels. */
  readonly full?: TolerantMaps
  /** Variants that cannot explain the state's model, and why. */
  readonly unable: ReadonlyMap<string, string>
}

/** Puts an empty map in the place of what could not be computed: stored maps hold the same variants, in the study's order. */
function completed(maps: ConditionMaps, variants: readonly string[]): ConditionMaps {
  if (maps.convergence) return maps
  const empty = tensor(new Float32Array(), [0, 1, 0, 0])
  return { ...maps, maps: new Map(variants.map((id) => [id, maps.maps.get(id) ?? empty])) }
}

/** What of maps is stored. */
function storedMaps({ maps, logits, activations, convergence }: ConditionMaps): StoredMaps {
  return { maps, logits, ...(activations && { activations }), ...(convergence && { convergence }) }
}

/** Stands for the maps of a group none of whose images could be read: the group is finished, and nothing reads them. */
function mapsOfNothing({ loaded, ...study }: Study): ConditionMaps {
  const logits = tensor(new Float32Array(), [0, loaded.model.logits.shape[1] as number])
  return completed({ maps: new Map(), logits, targets: [] }, studiedVariants(study))
}

/** Variants without maps in this group, and why. */
function brokenIn(
  { maps: oneChannel, full, unable }: OpenState,
  own: ReadonlyMap<string, ConditionMaps>,
): Map<string, string> {
  const failed = [...own.values()].flatMap((maps) => [...(maps.failed ?? [])])
  return new Map([...unable, ...oneChannel.broken, ...(full?.broken ?? []), ...failed])
}

/** The classes explained under the conditions of the original weights that a state is compared with. */
async function originalTargets(
  { study, predictors, store }: StateContext,
  { state }: OpenState,
  group: ScoreJob['group'],
): Promise<Map<string, readonly number[]>> {
  const targets = new Map<string, readonly number[]>()
  if (state.weights.kind === 'original' || group.images.length === 0) return targets
  for (const condition of study.plan.checks.flatMap((check) => scoredConditions(check, state))) {
    const key = conditionKey(condition)
    if (condition.weights.kind !== 'original' || targets.has(key)) continue
    if (!(await store.has('maps', mapsId(group.index, key)))) continue
    const explained = await explainedIn(study, predictors, group, condition)
    targets.set(
      key,
      explained.map(({ target }) => target),
    )
  }
  return targets
}

/** One group of one unit. */
interface Turn {
  readonly unit: PlannedUnit
  readonly index: number
}

/** Every map of one group under one weight state; the images of the next turn are decoded meanwhile. */
async function computeGroup(
  context: StateContext,
  open: OpenState,
  { unit, index }: Turn,
  next: Turn | undefined,
): Promise<Omit<ScoreJob, 'variants'>> {
  const { study, predictors, store } = context
  const group = await study.images.group(index)
  if (next) study.images.ahead(next.index)
  const isOriginal = open.state.weights.kind === 'original'
  const own = new Map<string, ConditionMaps>()
  const compute = (from: Pick<OpenMaps, 'maps'>, condition: Condition) =>
    computeCondition(study, predictors, from, group, condition)
  for (const condition of open.state.conditions) {
    if (context.signal.aborted) break
    const from = condition.map === 'full' ? (open.full as TolerantMaps) : open.maps
    const isEmpty = group.images.length === 0
    const maps = isEmpty
      ? mapsOfNothing(study)
      : completed(await compute(from, condition), studiedVariants(study))
    const key = conditionKey(condition)
    own.set(key, maps)
    if (isOriginal) await store.put('maps', mapsId(index, key), storedMaps(maps))
  }
  const originals = await originalTargets(context, open, group)
  return { unit: unit.id, state: open.index, group, own, originals, broken: brokenIn(open, own) }
}

function turnsOf(unit: PlannedUnit): Turn[] {
  return Array.from({ length: unit.to - unit.from }, (_, i) => ({ unit, index: unit.from + i }))
}

/** Forgets maps that could not be computed anew: nothing may be compared with earlier ones. */
async function forgetMaps({ store }: StateContext, { state }: OpenState, { index }: Turn): Promise<void> {
  if (state.weights.kind !== 'original') return
  for (const condition of state.conditions) await store.remove('maps', mapsId(index, conditionKey(condition)))
}

async function runGroups(
  context: StateContext,
  open: OpenState,
  units: readonly PlannedUnit[],
): Promise<void> {
  const { signal, pipeline, tries } = context
  const turns = units.flatMap(turnsOf)
  for (const [at, turn] of turns.entries()) {
    await pipeline.room()
    if (turn.index === turn.unit.from) await tries.begin(turn.unit, () => pipeline.drain())
    if (signal.aborted) return
    const computed = await computeGroup(context, open, turn, turns[at + 1]).catch(async (error: unknown) => {
      if (SaliencyError.is(error, 'FILE')) throw error
      await forgetMaps(context, open, turn)
      return error as Error
    })
    if (signal.aborted) return
    pipeline.add(turn.unit, turn.index, computed, open.lost)
  }
}

async function openState({ study, events }: StateContext, index: number): Promise<OpenState> {
  const state = study.plan.states[index] as PlannedState
  await requireImages(study.images)
  events.state?.(index, state)
  const { seed, engine, batchSize, memory } = study
  const weights = await stateWeights(study, state.weights)
  const settings = { engine, weights, batchSize, seed, isLean: memory.isLean }
  const grafted = state.weights.kind === 'grafted' ? study.grafted : undefined
  const maps = await openTolerantMaps(grafted?.maps ?? study.maps, settings)
  const needsFull = state.conditions.some(({ map }) => map === 'full')
  const full = needsFull && study.fullMaps ? await openTolerantMaps(study.fullMaps, settings) : undefined
  const lost = await lostToState(study, state.weights)
  const unable = grafted?.unable ?? new Map<string, string>()
  return { state, index, lost, maps, unable, ...(full && { full }) }
}

/** Computes the maps of some units under their weight state and hands them on. @throws FILE if they cannot be stored */
export async function runState(
  context: StateContext,
  index: number,
  units: readonly PlannedUnit[],
): Promise<void> {
  let open: OpenState | undefined
  try {
    open = await openState(context, index)
    await runGroups(context, open, units)
  } catch (error) {
    if (SaliencyError.is(error, 'FILE')) throw error
    context.pipeline.fail(units, messageOf(error))
  } finally {
    await open?.maps.dispose()
    await open?.full?.dispose()
  }
}
