import { type Condition, messageOf, resolveWeights, SaliencyError, type Weights } from '@saliency/core'
import { mapGraphs, type VariantSet } from '@saliency/explain'
import { assertExplainable } from './explained.ts'
import { assertMadeFor } from './external/external-variant.ts'
import { graftStudy } from './graft-study.ts'
import { identityOf } from './identity.ts'
import { openImageGroups } from './image-groups.ts'
import { assertLabels } from './labels.ts'
import { fitMemory, type MemoryFit, parseMemory } from './memory.ts'
import { GROUP_SIZE, planWork, type StudyPlan } from './plan.ts'
import { type SelectedCheck, selectChecks } from './select-checks.ts'
import { canonical } from './store/keys.ts'
import { type Identity, runOf, type StudyRecord } from './store/study-record.ts'
import { structureChecks } from './structure-checks.ts'
import type { Machine, StudyInputs } from './study-inputs.ts'
import type { Study } from './study.ts'
import { traceMethods } from './trace-methods.ts'

/** A study that is ready to run. */
export interface PlannedStudy {
  readonly study: Study
  /** What is studied, and how: what `study.json` will say. */
  readonly record: StudyRecord
}

/** Groups in a unit where nothing else is said: enough to make sessions worth opening, few enough to lose little. */
const GROUPS_PER_UNIT = 4

/** Groups in a unit: the usual number, or fewer where shards would have nothing to do. */
function groupsFor(images: number, shards = 1): number {
  const groups = Math.ceil(images / GROUP_SIZE)
  return Math.max(1, Math.min(GROUPS_PER_UNIT, Math.floor(groups / shards)))
}

/** What is taken where nothing is known of the machine. */
const unknownMachine: Machine = { description: 'unknown machine', available: 2 * 2 ** 30, inUse: 0 }

function modulesOf(checks: readonly SelectedCheck[], origins: StudyInputs['origins']): Map<string, string> {
  return new Map(
    checks.flatMap(({ check }): [string, string][] => {
      const url = origins?.get(check)?.url
      return url === undefined ? [] : [[check.id, url]]
    }),
  )
}

/** No machine gains from more, and few have the memory. */
const LARGEST_BATCH = 1024

/** Batch and sessions: as the folder's first run chose them, unless another memory is asked for. */
function memoryFor(inputs: StudyInputs, set: VariantSet, images: number, machine: Machine): MemoryFit {
  const { memory, stored } = inputs
  const budget = memory === undefined ? undefined : parseMemory(memory)
  const isNew = budget !== undefined && memory !== stored?.memory
  const earlier = isNew ? undefined : stored?.identity
  const batchSize = inputs.batchSize ?? earlier?.batchSize
  if (batchSize !== undefined && batchSize > LARGEST_BATCH)
    throw new SaliencyError(
      'INVALID_OPTION',
      `batch size ${batchSize}: it takes 1 to ${LARGEST_BATCH}; images come in groups of ${GROUP_SIZE}, and a larger batch is padded.`,
    )
  return fitMemory(set, { images, batchSize, perSession: earlier?.perSession }, machine, budget)
}

function asksFor(plan: StudyPlan, is: (condition: Condition) => boolean): boolean {
  return plan.states.some(({ conditions }) => conditions.some(is))
}

function recordOf(
  { model, images, engine, preset, memory, external = [], leftOut = [] }: StudyInputs,
  set: VariantSet,
  identity: Identity,
  { run, plan: { states, units } }: Study,
  machine: Machine,
): StudyRecord {
  const classes = model.classes ?? images.classes
  const notices = [...(images.notices ?? []), ...external.flatMap((one) => one.notices)]
  return {
    format: 1,
    run,
    created: new Date().toISOString(),
    identity,
    units,
    states: states.map(({ weights }) => canonical(weights)),
    originalConditions: states.find(({ weights }) => weights.kind === 'original')?.conditions ?? [],
    images: images.images.slice(0, identity.images.count).map(({ id, label, labels = [] }) => ({
      id,
      ...(label !== undefined && { label }),
      ...(labels.length > 1 && { labels }),
    })),
    ...(classes && { classes }),
    unavailable: set.failures.map(({ variant, error }) => ({ id: variant.id, reason: messageOf(error) })),
    skipped: images.skipped.map(({ id, reason }) => ({ id, reason })),
    selfChecks: structureChecks(model.model),
    ...(notices.length > 0 && { notices }),
    engine: engine.description,
    machine: machine.description,
    ...(preset !== undefined && { preset }),
    ...(memory !== undefined && { memory }),
    ...(leftOut.length > 0 && { leftOut }),
  }
}

/** The weights of the twin, as every check that needs them will use them. @throws INVALID_CONFIG, INVALID_MODEL */
async function twinOf({ model, twin, seed = 1 }: StudyInputs): Promise<Weights> {
  const weights = await twin?.()
  return resolveWeights({ kind: 'twin' }, model, { seed, ...(weights && { twin: weights }) })
}

/**
 * Plans a study: finds out which maps its checks need, under which weights, and cuts the work into units. The model is
 * not run.
 * @throws INVALID_CONFIG if nothing is left to study, a check is named twice or needs a twin that is missing; INVALID_MODEL if
 * the twin's weights are not of the model's shapes; INVALID_OPTION; INVALID_INPUT if a check needs labels that are missing
 */
export async function planStudy(inputs: StudyInputs): Promise<PlannedStudy> {
  const { model, images, engine, stored, origins, external = [], seed = 1, limit = Infinity } = inputs
  const set = traceMethods(inputs)
  const checks = selectChecks(inputs.checks, inputs.threshold)
  const count = Math.min(limit, images.images.length)
  const groupsPerUnit = inputs.groups ?? groupsFor(count, inputs.shards)
  const plan = planWork({ model: model.model, images: count, checks, groupsPerUnit })
  const classes = model.model.logits.shape[1] as number
  assertExplainable(inputs.target, plan.checks, classes)
  assertLabels(images.images.slice(0, count), plan.checks, classes, images.labelProblem)
  const twin = asksFor(plan, ({ weights }) => weights.kind === 'twin') ? await twinOf(inputs) : undefined
  const machine = inputs.machine?.() ?? unknownMachine
  const memory = memoryFor(inputs, set, count, machine)
  const { batchSize, perSession } = memory
  const sha256 = await images.fingerprint([...Array(count).keys()])
  const identity = identityOf(
    inputs,
    twin,
    set,
    checks,
    { batchSize, perSession },
    { count, sha256 },
    machine,
  )
  const ids = identity.variants.map(({ id }) => id)
  const conditions = plan.states.flatMap((state) => state.conditions)
  for (const one of external) assertMadeFor(one, identity, conditions, ids)
  const pattern = plan.states.map(({ weights }) => weights).find((one) => one.kind === 'grafted')?.pattern
  const study: Study = {
    run: runOf(identity),
    loaded: model,
    ...(twin && { twin }),
    engine,
    batchSize,
    memory,
    seed,
    ...(inputs.target && { target: inputs.target }),
    images: openImageGroups(images, model.preprocess, count),
    plan: stored ? { ...plan, units: stored.units } : plan,
    checkModules: modulesOf(checks, origins),
    maps: mapGraphs(set, 'one-channel', perSession),
    external,
    ...(pattern && { grafted: graftStudy(inputs, pattern.size, perSession) }),
    ...(asksFor(plan, ({ map }) => map === 'full') && { fullMaps: mapGraphs(set, 'full', perSession) }),
  }
  return { study, record: recordOf(inputs, set, identity, study, machine) }
}
