import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Check, Method, Options } from '@saliency/core'
import type { ImageSet } from '@saliency/images'
import {
  beginRun,
  type ChosenCheck,
  type Judgement,
  type JudgeSettings,
  judgeStudy as judge,
  type Origin,
  parseMemory,
  planStudy as plan,
  type Run,
  type Study,
  type StudyInputs,
} from '@saliency/study'
import {
  describeMachine,
  folderStore,
  readImageList,
  readStudy,
  studyFile,
  type StudyInFolder,
  writeImageList,
} from '@saliency/study/node'
import { demoTwin } from '@saliency/zoo'
import type { Config } from '../config/config.ts'
import { discoverPlugins } from '../discovery/discover.ts'
import { dependencyManifest, readManifest, ownFolder } from '../discovery/manifest.ts'
import { createRegistry, type Registry } from '../discovery/registry.ts'
import { openEngine } from '../engines.ts'
import { modelSettings } from '../model-settings.ts'
import { loadModel } from '../models.ts'
import { openStudyImages } from './open-images.ts'
import { leftOutOfAll, selectionsOf } from '../discovery/selection.ts'
import { resolveSettings, type Settings } from './settings.ts'
import { openMapsElsewhere } from './external-maps.ts'
import { rowsOfLarge } from './stored-rows.ts'
import { studyTarget } from './study-target.ts'

/** A study that is ready to run in a folder. */
export interface PlannedStudy extends StudyInFolder {
  /** What a reader of the results should know, one sentence each. */
  readonly warnings: readonly string[]
}

/** Where a study's names are looked up. */
export interface PlanSettings {
  /** The folder that paths are relative to; the working directory by default. */
  readonly root?: string
  /** Methods and checks; those that are installed by default. */
  readonly registry?: Registry
  /**
   * Whether other processes may begin the study in the same folder: sizes depend on a machine's memory, so the folder says
   * at once which ones count.
   */
  readonly isShared?: boolean
  /** How many shards are to have something to do. */
  readonly shards?: number | undefined
}

function memoryWarnings(memory: Config['memory'], { memory: plan }: Study): string[] {
  if (memory === undefined || plan.bytes <= parseMemory(memory)) return []
  const needed = Math.ceil(plan.bytes / 2 ** 20)
  return [`--memory ${memory} is not enough: the smallest batch needs about ${needed} MiB, and is taken.`]
}

/** The checks that a configuration names. @throws UNKNOWN_CHECK with the nearest name */
function checksOf({ checks }: Settings, registry: Registry): ChosenCheck[] {
  return (checks as (string | [string, Options])[]).map((one) => {
    const [id, options] = typeof one === 'string' ? [one, {}] : one
    return { check: registry.check(id), options }
  })
}

function originsOf(registry: Registry): Map<Method | Check, Origin> {
  const plugins = [...registry.methods, ...registry.checks]
  return new Map(
    plugins.flatMap((plugin): [Method | Check, Origin][] => {
      const origin = registry.origin(plugin)
      return origin ? [[plugin, origin]] : []
    }),
  )
}

/** Versions of the packages that every number depends on. */
function ownVersions(): Readonly<Record<string, string>> {
  const core = dependencyManifest('@saliency/core', ownFolder)?.manifest.version ?? ''
  return { runner: readManifest(ownFolder)?.version ?? '', core }
}

/** What of a configuration a study takes as it is. */
function sizesOf({ seed, threshold, groups, batchSize, memory, preset }: Settings) {
  return {
    seed,
    ...(threshold !== undefined && { threshold }),
    ...(groups !== undefined && { groups }),
    ...(batchSize !== undefined && { batchSize }),
    ...(memory !== undefined && { memory }),
    ...(preset !== undefined && { preset }),
  }
}

/** Images that are known from the folder's list have the fingerprint that was taken when it was written; each is compared when it is decoded. */
function withFingerprint(set: ImageSet, folder: string): ImageSet {
  if (!set.isKnown || !existsSync(studyFile(folder))) return set
  const { count, sha256 } = readStudy(folder).identity.images
  return {
    ...set,
    fingerprint: async (places) => (places.length === count ? sha256 : set.fingerprint(places)),
  }
}

/** Plans with the sizes that the folder's study has; a shared one that has none yet gets these, unless another process is faster. */
async function planIn(folder: string, inputs: StudyInputs, isShared: boolean) {
  const asStored = () => plan({ ...inputs, stored: readStudy(folder) })
  const isBegun = existsSync(studyFile(folder))
  const planned = await (isBegun ? asStored() : plan(inputs))
  if (!isShared || (isBegun && planned.record.run !== readStudy(folder).run)) return planned
  writeImageList(folder, inputs.images)
  if (isBegun) return planned
  await beginRun(folderStore(folder), planned.record)
  return asStored()
}

/**
 * Plans a study: loads its model, opens its images, and finds out which maps its checks need. Nothing is computed yet.
 * @throws INVALID_CONFIG if no model, no images or nothing to study is named; what loading and opening them throws
 */
export async function planStudy(
  config: Config,
  { root = '.', registry: given, isShared = false, shards }: PlanSettings = {},
): Promise<PlannedStudy> {
  const settings = resolveSettings({}, config)
  const { memory, twin = demoTwin(settings.model) } = settings
  const asked = modelSettings(root, {}, settings)
  const folder = resolve(root, settings.out)
  const model = await loadModel(settings.model, asked)
  const images = await openStudyImages(settings, root, model, readImageList(folder))
  const target = studyTarget(settings, model, root)
  const engine = await openEngine(settings.engine)
  const registry = given ?? createRegistry(await discoverPlugins({ root }))
  const available = { registry, model: model.model }
  const { chosen, leftOut } = selectionsOf(settings, available)
  const inputs: StudyInputs = {
    model,
    images: withFingerprint(images.set, folder),
    limit: images.limit,
    methods: chosen,
    external: openMapsElsewhere(settings.maps ?? [], root),
    known: registry.methods,
    checks: checksOf(settings, registry),
    origins: originsOf(registry),
    engine,
    ...sizesOf(settings),
    ...(shards !== undefined && { shards }),
    ...(target && { target }),
    ...(twin !== undefined && { twin: async () => (await loadModel(twin, asked)).weights }),
    machine: describeMachine,
    versions: ownVersions(),
    leftOut,
  }
  const { study, record } = await planIn(folder, inputs, isShared)
  const unfit = leftOutOfAll(settings.methods, available)
  return { study, record, folder, warnings: [...model.warnings, ...unfit, ...memoryWarnings(memory, study)] }
}

/** How a run is judged. */
export interface JudgeRunSettings extends Partial<JudgeSettings> {
  /** Where checks are looked up; those that are installed by default. */
  readonly registry?: Registry
  /** Threads that judge a run of more than about a million rows; as many as there are cores by default, and at most four. The results are the same. */
  readonly threads?: number
}

/** Modules that other threads import checks from. */
function modulesOf(checks: readonly Check[], registry: Registry): Map<string, string> {
  return new Map(
    checks.flatMap((check): [string, string][] => {
      const url = registry.origin(check)?.url
      return url === undefined ? [] : [[check.id, url]]
    }),
  )
}

/**
 * Judges a run from its rows alone, by the checks that are installed where none are given. An image that could not be
 * read for one weight state counts for none.
 * @throws INVALID_RUN if there are no rows, or damaged ones
 */
export async function judgeStudy(run: Run, settings: JudgeRunSettings = {}): Promise<Judgement> {
  const { registry = createRegistry(await discoverPlugins()), threads, ...given } = settings
  const { checks = registry.checks, ...others } = given
  const modules = modulesOf(checks, registry)
  const rows = others.rows
    ? undefined
    : await rowsOfLarge(run, { modules, ...(threads !== undefined && { threads }) })
  try {
    return await judge(run, { ...others, checks, ...(rows && { rows }) })
  } finally {
    await rows?.close()
  }
}
