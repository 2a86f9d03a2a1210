import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { demoTwin } from '@saliency/zoo'
import type { Config } from '../config/schema.ts'
import { discoverPlugins } from '../discovery/discover.ts'
import { createRegistry, type Registry } from '../discovery/registry.ts'
import { openEngine } from '../engines.ts'
import { loadModel } from '../models.ts'
import { readStudy, type StudyRecord, studyFile } from '../store/run-folder.ts'
import { parseMemory } from './memory.ts'
import { openStudyImages } from './open-images.ts'
import { prepareStudy } from './prepare.ts'
import { resolveSettings } from './settings.ts'
import type { Study } from './study.ts'

/** A study that is ready to run in a folder. */
export interface PlannedStudy {
  readonly study: Study
  /** What is studied, and how: what `study.json` will say. */
  readonly record: StudyRecord
  /** The run folder, made when the study runs. */
  readonly folder: string
  /** What a reader of the results should know, one sentence each. */
  readonly warnings: readonly string[]
}

/** Where a study's names are looked up. */
export interface PlanSettings {
  /** The folder that paths are relative to; the working directory by default. */
  readonly root?: string
  /** Methods and checks; those that are installed by default. */
  readonly registry?: Registry
}

function memoryWarnings(memory: Config['memory'], { memory: plan }: Study): string[] {
  if (memory === undefined || plan.bytes <= parseMemory(memory)) return []
  const needed = Math.ceil(plan.bytes / 2 ** 20)
  return [`--memory ${memory} is not enough: the smallest batch needs about ${needed} MiB, and is taken.`]
}

/**
 * Plans a study: loads its model, opens its images, and finds out which maps its checks need. Nothing is computed yet.
 * @throws INVALID_CONFIG if no model, no images or nothing to study is named; what loading and opening them throws
 */
export async function planStudy(
  config: Config,
  { root = '.', registry }: PlanSettings = {},
): Promise<PlannedStudy> {
  const settings = resolveSettings({}, config)
  const { preprocess, output, memory, twin = demoTwin(settings.model) } = settings
  const asked = {
    root,
    ...(preprocess !== undefined && { preprocess }),
    ...(output !== undefined && { output }),
  }
  const folder = resolve(root, settings.out)
  const model = await loadModel(settings.model, asked)
  const images = await openStudyImages(settings, root, model)
  const engine = await openEngine(settings.engine)
  const { study, record } = await prepareStudy({
    settings,
    model,
    images,
    registry: registry ?? createRegistry(await discoverPlugins({ root })),
    engine,
    ...(twin !== undefined && { twin: async () => (await loadModel(twin, asked)).weights }),
    ...(existsSync(studyFile(folder)) && { stored: readStudy(folder) }),
  })
  return { study, record, folder, warnings: [...model.warnings, ...memoryWarnings(memory, study)] }
}
