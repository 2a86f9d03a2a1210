import { resolve } from 'node:path'
import { existsSync } from 'node:fs'
import { SaliencyError } from '@saliency/core'
import { classCounts } from '@saliency/images'
import { demoTwin } from '@saliency/zoo'
import type { Config } from '../config/schema.ts'
import { counted } from '../counted.ts'
import { engineName, openEngine } from '../engines.ts'
import { exitCodes } from '../errors.ts'
import type { Registry } from '../discovery/registry.ts'
import { loadModel } from '../models.ts'
import { executeStudy } from '../study/execute.ts'
import { openRunFolder } from '../study/open-run-folder.ts'
import { openStudyImages } from '../study/open-images.ts'
import { parseMemory } from '../study/memory.ts'
import { prepareStudy } from '../study/prepare.ts'
import { keepPictures } from '../study/pictures.ts'
import { readStudy, type StudyRecord, studyFile } from '../study/run-folder.ts'
import { lockRunFolder } from '../study/run-lock.ts'
import { resolveSettings } from '../study/settings.ts'
import type { Study } from '../study/study.ts'
import { pendingUnits } from '../study/units.ts'
import { type CommonFlags, openProject } from './discover.ts'
import { printPlan } from './dry-run.ts'
import { finishStudy } from './finish.ts'
import { type ModelFlags, modelSettings } from './model-options.ts'
import { createProgress } from './progress.ts'
import { type Terminal, warn } from './terminal.ts'

/** Flags of `saliency run`. */
export interface RunFlags extends CommonFlags, ModelFlags {
  readonly preset?: NonNullable<Config['preset']>
  readonly model?: string
  readonly images?: string
  readonly method?: readonly string[]
  readonly check?: readonly string[]
  readonly limit?: number
  readonly seed?: number
  readonly out?: string
  readonly engine?: string
  readonly backend?: string
  readonly memory?: string
  readonly batchSize?: number
  readonly groups?: number
  readonly threshold?: number
  readonly dryRun?: boolean
  readonly json?: boolean
}

function flagConfig(flags: RunFlags): Config {
  const {
    preset,
    model,
    images,
    method,
    check,
    limit,
    seed,
    out,
    engine,
    backend,
    memory,
    batchSize,
    groups,
    threshold,
  } = flags
  const config = {
    preset,
    model,
    images,
    methods: method,
    checks: check,
    limit,
    seed,
    out,
    engine: engineName(engine, backend),
    memory,
    batchSize,
    groups,
  }
  return { ...(config as Config), ...(threshold !== undefined && { threshold }) }
}

/** A study, its description as this command line wants it, and where it lies. */
interface Opened {
  readonly study: Study
  readonly wanted: StudyRecord
  readonly folder: string
  readonly registry: Registry
}

async function open(configPath: string | undefined, flags: RunFlags, terminal: Terminal): Promise<Opened> {
  const { loaded, registry, root } = await openProject(flags, { config: configPath })
  const settings = resolveSettings(flagConfig(flags), loaded.config)
  const folder = resolve(root, settings.out)
  const asked = modelSettings(root, flags, settings)
  const model = await loadModel(settings.model, asked)
  for (const warning of model.warnings) warn(terminal, warning)
  const twinName = settings.twin ?? demoTwin(settings.model)
  const images = await openStudyImages(settings, root, model)
  const engine = await openEngine(settings.engine)
  const stored = existsSync(studyFile(folder)) ? readStudy(folder) : undefined
  const parts = {
    settings,
    model,
    images,
    registry,
    engine,
    ...(twinName !== undefined && { twin: async () => (await loadModel(twinName, asked)).weights }),
    ...(stored && { stored }),
  }
  const { study, record } = await prepareStudy(parts)
  const { memory } = settings
  if (memory !== undefined && study.memory.bytes > parseMemory(memory)) {
    const needed = Math.ceil(study.memory.bytes / 2 ** 20)
    warn(
      terminal,
      `--memory ${memory} is not enough: the smallest batch needs about ${needed} MiB, and is taken.`,
    )
  }
  return { study, wanted: record, folder, registry }
}

/** How many images of each class are studied. */
function printClasses({ images, classes, identity }: StudyRecord, terminal: Terminal): void {
  const counts = classCounts({ images, ...(classes && { classes }) })
  if (counts.length === 0) return
  const listed = counts.slice(0, 12).map(({ name, count }) => `${name} ${count}`)
  const more = counts.length > listed.length ? `, … (${counts.length} classes)` : ''
  terminal.error(
    `${counted(images.length, 'image')} of ${identity.images.name}: ${listed.join(', ')}${more}.`,
  )
}

/** `saliency run [CONFIG]`: plan, execute what is not finished, judge, report. */
export async function runCommand(
  configPath: string | undefined,
  flags: RunFlags,
  terminal: Terminal,
): Promise<number> {
  const opened = await open(configPath, flags, terminal)
  const { study, wanted, folder } = opened
  for (const { id, reason } of wanted.unavailable) warn(terminal, `${id}: ${reason}`)
  if (wanted.leftOut)
    terminal.error(
      `Without ${wanted.leftOut.join(', ')}, which evaluate many images for one map: name them with --method to have them too.`,
    )
  for (const notice of wanted.notices ?? []) warn(terminal, notice)
  printClasses(wanted, terminal)
  for (const { id, reason } of wanted.skipped) warn(terminal, `${id} is left out: ${reason}`)
  if (flags.dryRun) {
    await printPlan(study, folder, terminal)
    return exitCodes.ok
  }
  const release = await lockRunFolder(folder, terminal.error)
  try {
    return await runLocked(opened, flags, terminal)
  } finally {
    release()
  }
}

async function runLocked(
  { study, wanted, folder, registry }: Opened,
  flags: RunFlags,
  terminal: Terminal,
): Promise<number> {
  const { record } = openRunFolder(folder, wanted)
  const pending = await pendingUnits(study, folder)
  const progress = createProgress(study, pending, terminal)
  const outcome = await executeStudy(study, folder, {
    signal: terminal.signal,
    events: progress.events,
    pending,
  }).finally(() => progress.stop())
  if (outcome.interrupted) {
    throw new SaliencyError(
      'INTERRUPTED',
      `\nStopped after ${counted(outcome.done, 'unit')}. Finished results are kept in ${folder}; the same command goes on where it stopped.`,
    )
  }
  return finishStudy({
    folder,
    record,
    registry,
    terminal,
    json: flags.json === true,
    said: record.skipped.map(({ id }) => id),
    keep: (images) => keepPictures(study, folder, images),
    ...(outcome.done > 0 && { seconds: outcome.seconds }),
  })
}
