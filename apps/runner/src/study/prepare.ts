import { type Condition, messageOf, type Options, SaliencyError } from '@saliency/core'
import { planMaps, type VariantSet } from '@saliency/explain'
import type { Registry } from '../discovery/registry.ts'
import { structureChecks } from '../self-check.ts'
import { describeMachine, identityOf } from './identity.ts'
import { openImageGroups } from './image-groups.ts'
import { canonical } from '../store/keys.ts'
import { assertLabels } from './labels.ts'
import { fitMemory, type MemoryPlan, parseMemory } from './memory.ts'
import type { StudyParts } from './parts.ts'
import { GROUP_SIZE, planWork, type StudyPlan } from './plan.ts'
import { type Identity, runOf, type StudyRecord } from '../store/run-folder.ts'
import { type SelectedCheck, selectChecks } from './select-checks.ts'
import { selectionsOf, variantsFor } from './select-variants.ts'
import type { Study } from './study.ts'

/** Groups in a unit where nothing else is said: enough to make sessions worth opening, few enough to lose little. */
const GROUPS_PER_UNIT = 4

function modulesOf(checks: readonly SelectedCheck[], registry: Registry): Map<string, string> {
  return new Map(
    checks.flatMap(({ check }): [string, string][] => {
      const url = registry.origin(check)?.url
      return url === undefined ? [] : [[check.id, url]]
    }),
  )
}

/** No machine gains from more, and few have the memory. */
const LARGEST_BATCH = 1024

/** Batch and sessions: as the folder's first run chose them, unless another memory is asked for. */
function memoryFor({ settings, stored }: StudyParts, set: VariantSet, images: number): MemoryPlan {
  const budget = settings.memory === undefined ? undefined : parseMemory(settings.memory)
  const isNew = budget !== undefined && settings.memory !== stored?.memory
  const earlier = isNew ? undefined : stored?.identity
  const batchSize = settings.batchSize ?? earlier?.batchSize
  if (batchSize !== undefined && batchSize > LARGEST_BATCH)
    throw new SaliencyError(
      'INVALID_OPTION',
      `batch size ${batchSize}: it takes 1 to ${LARGEST_BATCH}; images come in groups of ${GROUP_SIZE}, and a larger batch is padded.`,
    )
  return fitMemory(set, { images, batchSize, perSession: earlier?.perSession }, budget)
}

function asksFor(plan: StudyPlan, is: (condition: Condition) => boolean): boolean {
  return plan.states.some(({ conditions }) => conditions.some(is))
}

function recordOf(parts: StudyParts, set: VariantSet, identity: Identity, study: Study): StudyRecord {
  const { model, images, engine, settings } = parts
  const { states, units } = study.plan
  const classes = model.classes ?? images.set.classes
  return {
    format: 1,
    run: study.run,
    created: new Date().toISOString(),
    identity,
    units,
    states: states.map(({ weights }) => canonical(weights)),
    originalConditions: states.find(({ weights }) => weights.kind === 'original')?.conditions ?? [],
    images: images.set.images
      .slice(0, images.limit)
      .map(({ id, label }) => ({ id, ...(label !== undefined && { label }) })),
    ...(classes && { classes }),
    unavailable: set.failures.map(({ variant, error }) => ({ id: variant.id, reason: messageOf(error) })),
    skipped: images.set.skipped.map(({ id, reason }) => ({ id, reason })),
    selfChecks: structureChecks(model.model),
    ...(images.set.notices?.length && { notices: images.set.notices }),
    engine: engine.description,
    machine: describeMachine(),
    ...(settings.preset !== undefined && { preset: settings.preset }),
    ...(settings.memory !== undefined && { memory: settings.memory }),
  }
}

/**
 * Resolves everything a study needs, without running the model.
 * @throws INVALID_CONFIG if nothing is left to study, and what selecting, tracing and planning throw.
 */
export async function prepareStudy(parts: StudyParts): Promise<{ study: Study; record: StudyRecord }> {
  const { settings, model, images, registry, engine, stored } = parts
  const { chosen, leftOut } = selectionsOf(settings, registry)
  const set = variantsFor(parts, chosen)
  const checks = selectChecks(settings.checks as (string | [string, Options])[], registry, settings.threshold)
  const plan = planWork({
    model: model.model,
    images: Math.min(images.limit, images.set.images.length),
    checks,
    groupsPerUnit: settings.groups ?? GROUPS_PER_UNIT,
  })
  const classes = model.model.logits.shape[1] as number
  assertLabels(images.set.images.slice(0, plan.images), plan.checks, classes, images.set.labelProblem)
  const twin = asksFor(plan, ({ weights }) => weights.kind === 'twin') ? await parts.twin?.() : undefined
  const memory = memoryFor(parts, set, plan.images)
  const { batchSize, perSession } = memory
  const fingerprint = await images.set.fingerprint([...Array(plan.images).keys()])
  const identity = identityOf(parts, twin, set, checks, { batchSize, perSession }, fingerprint)
  const study: Study = {
    run: runOf(identity),
    loaded: model,
    ...(twin && { twin }),
    engine,
    batchSize,
    memory,
    seed: settings.seed,
    images: openImageGroups(images.set, model.preprocess, images.limit),
    plan: stored ? { ...plan, units: stored.units } : plan,
    checkModules: modulesOf(checks, registry),
    maps: planMaps(set, 'one-channel', perSession),
    ...(asksFor(plan, ({ map }) => map === 'full') && { fullMaps: planMaps(set, 'full', perSession) }),
  }
  return {
    study,
    record: { ...recordOf(parts, set, identity, study), ...(leftOut.length > 0 && { leftOut }) },
  }
}
