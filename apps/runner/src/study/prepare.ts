import { cpus, platform, totalmem } from 'node:os'
import { type Condition, type Engine, type Options, SaliencyError, type Weights } from '@saliency/core'
import type { ImageSet } from '@saliency/zoo'
import { planMaps } from '../compute/map-plan.ts'
import { resolveSelections, traceVariants, type VariantSet } from '../compute/variant-set.ts'
import { runnerFolder } from '../discovery/discover.ts'
import { dependencyManifest, readManifest } from '../discovery/manifest.ts'
import type { Registry } from '../discovery/registry.ts'
import { type Selection, selectMethods } from '../discovery/selection.ts'
import { messageOf } from '../errors.ts'
import type { RunnerModel } from '../models.ts'
import { variantRecords } from './facts.ts'
import { weightsHash } from './fingerprint.ts'
import { openImageGroups } from './image-groups.ts'
import { canonical, shortHash } from './keys.ts'
import { assertLabels } from './labels.ts'
import { fitMemory, type MemoryPlan, parseMemory } from './memory.ts'
import { GROUP_SIZE, planStudy, type StudyPlan } from './plan.ts'
import type { CheckRecord, Identity, StudyRecord } from './run-folder.ts'
import { type SelectedCheck, selectChecks } from './select-checks.ts'
import type { Settings } from './settings.ts'
import type { Study } from './study.ts'

/** What a study is put together from. */
export interface StudyParts {
  readonly settings: Settings
  readonly model: RunnerModel
  /** Loads the weights of the same network trained on permuted labels; called only where a check asks for them. */
  readonly twin?: () => Promise<Weights>
  readonly images: { readonly set: ImageSet; readonly limit: number }
  readonly registry: Registry
  readonly engine: Engine
  /** What an earlier run in the same folder was made with; not given anew, it stays. */
  readonly stored?: StudyRecord
}

/** Groups in a unit where nothing else is said: enough to make sessions worth opening, few enough to lose little. */
const GROUPS_PER_UNIT = 4

/** What is studied, and the ids of what `all` leaves out. */
interface Selected {
  readonly chosen: Selection[]
  readonly leftOut: readonly string[]
}

function selectionsOf({ methods, preset }: Settings, registry: Registry): Selected {
  const texts = methods.map((one) => {
    if (typeof one === 'string') return one
    const [name, options] = one
    return `${name}?${Object.entries(options)
      .map(([key, value]) => `${key}=${String(value)}`)
      .join('&')}`
  })
  const selections = selectMethods(texts, registry)
  // Methods that average over many samples multiply the cost: a study of all leaves them out unless they are named.
  const isAll = methods.includes('all') || preset === 'study'
  const isChosen = ({ method }: Selection) =>
    method.kind !== 'sampling' || !isAll || texts.some((text) => text.startsWith(method.id))
  const left = selections.filter((one) => !isChosen(one)).map(({ method }) => method.id)
  return { chosen: selections.filter(isChosen), leftOut: [...new Set(left)] }
}

function versionOf(name: string): string {
  return dependencyManifest(name, runnerFolder)?.manifest.version ?? ''
}

function checkRecord({ check, options }: SelectedCheck, registry: Registry): CheckRecord {
  const origin = registry.origin(check)
  const { id, title, references } = check
  return {
    id,
    title,
    references,
    options: options as Options,
    package: origin?.package ?? '',
    version: origin?.version ?? '',
  }
}

function modulesOf(checks: readonly SelectedCheck[], registry: Registry): Map<string, string> {
  return new Map(
    checks.flatMap(({ check }): [string, string][] => {
      const url = registry.origin(check)?.url
      return url === undefined ? [] : [[check.id, url]]
    }),
  )
}

function identityOf(
  parts: StudyParts,
  twin: Weights | undefined,
  set: VariantSet,
  checks: readonly SelectedCheck[],
  sizes: { batchSize: number; perSession: number },
  fingerprint: string,
): Identity {
  const { model, images, registry, settings, engine } = parts
  const count = Math.min(images.limit, images.set.images.length)
  return {
    model: {
      name: model.model.name,
      sha256: weightsHash(model.weights),
      ...(twin && { twin: weightsHash(twin) }),
    },
    preprocess: model.preprocess,
    images: { name: images.set.name, count, sha256: fingerprint },
    variants: variantRecords(set.variants, registry),
    checks: checks.map((one) => checkRecord(one, registry)),
    seed: settings.seed,
    engine: { id: engine.id, version: engine.version },
    ...sizes,
    versions: { runner: readManifest(runnerFolder)?.version ?? '', core: versionOf('@saliency/core') },
  }
}

/** One line on the machine, for the protocol. */
export function describeMachine(): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} threads, ${memory} GiB, ${platform()}, Node.js ${process.version}`
}

/** Traces what was selected. @throws INVALID_CONFIG if nothing is left to study */
function variantsFor({ model, registry }: StudyParts, chosen: readonly Selection[]): VariantSet {
  const selections = resolveSelections(chosen)
  const set = traceVariants(model.model, selections, registry.methods)
  if (set.traced.length + set.sampling.length > 0) return set
  const reasons = set.failures.map(({ variant, error }) => `${variant.id}: ${messageOf(error)}`)
  throw new SaliencyError(
    'INVALID_CONFIG',
    `No variant can explain ${model.model.name}. ${reasons.join(' ')}`,
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
    ...(model.classes && { classes: model.classes }),
    unavailable: set.failures.map(({ variant, error }) => ({ id: variant.id, reason: messageOf(error) })),
    skipped: images.set.skipped.map(({ id, reason }) => ({ id, reason })),
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
  const checks = selectChecks(settings.checks as (string | [string, Options])[], registry)
  const plan = planStudy({
    model: model.model,
    images: Math.min(images.limit, images.set.images.length),
    checks,
    groupsPerUnit: settings.groups ?? GROUPS_PER_UNIT,
  })
  const classes = model.model.logits.shape[1] as number
  assertLabels(images.set.images.slice(0, plan.images), plan.checks, classes)
  const twin = asksFor(plan, ({ weights }) => weights.kind === 'twin') ? await parts.twin?.() : undefined
  const memory = memoryFor(parts, set, plan.images)
  const { batchSize, perSession } = memory
  const fingerprint = await images.set.fingerprint(plan.images)
  const identity = identityOf(parts, twin, set, checks, { batchSize, perSession }, fingerprint)
  const study: Study = {
    run: shortHash(canonical(identity)),
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
