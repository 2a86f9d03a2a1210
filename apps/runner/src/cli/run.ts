import { resolve } from 'node:path'
import { existsSync } from 'node:fs'
import { type Options, SaliencyError } from '@saliency/core'
import { demoTwin } from '@saliency/zoo'
import pc from 'picocolors'
import type { Config } from '../config/config.ts'
import { engineName, openEngine } from '../engines.ts'
import { exitCodes } from '../errors.ts'
import type { Registry } from '../discovery/registry.ts'
import { loadModel } from '../models.ts'
import { executeStudy } from '../study/execute.ts'
import { openStudyImages } from '../study/open-images.ts'
import { prepareStudy } from '../study/prepare.ts'
import { keepPictures } from '../study/pictures.ts'
import { openRunFolder, readStudy, type StudyRecord, studyFile } from '../study/run-folder.ts'
import { lockRunFolder } from '../study/run-lock.ts'
import { resolveSettings, type Settings } from '../study/settings.ts'
import type { Study } from '../study/study.ts'
import { type CommonFlags, openProject } from './discover.ts'
import { printEstimate } from './dry-run.ts'
import { finishStudy } from './finish.ts'
import { createProgress } from './progress.ts'
import { type Terminal, warn } from './terminal.ts'

/** Flags of `saliency run`. */
export interface RunFlags extends CommonFlags {
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

/** The bound is an option of the checks that have one; set there, it is part of their protocol. */
function withThreshold(settings: Settings): Settings {
  const { threshold, checks } = settings
  if (threshold === undefined) return settings
  const judged = ['class-sensitivity', 'parameter-randomization']
  return {
    ...settings,
    checks: checks.map((one) => {
      const [id, options] = (typeof one === 'string' ? [one, {}] : one) as [string, Options]
      return judged.includes(id) ? ([id, { ...options, threshold }] as [string, Options]) : one
    }),
  }
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
  const settings = withThreshold(resolveSettings(flagConfig(flags), loaded.config))
  const folder = resolve(root, settings.out)
  const preprocess = settings.preprocess
  const model = await loadModel(settings.model, { root, ...(preprocess !== undefined && { preprocess }) })
  for (const warning of model.warnings) warn(terminal, warning)
  const twinName = settings.twin ?? demoTwin(settings.model)
  const images = await openStudyImages(settings, root, model.classes)
  const engine = await openEngine(settings.engine)
  const stored = existsSync(studyFile(folder)) ? readStudy(folder) : undefined
  const parts = {
    settings,
    model,
    images,
    registry,
    engine,
    ...(twinName !== undefined && { twin: async () => (await loadModel(twinName, { root })).weights }),
    ...(stored && { stored }),
  }
  const { study, record } = await prepareStudy(parts)
  return { study, wanted: record, folder, registry }
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
  for (const { id, reason } of wanted.skipped) warn(terminal, `${id} is left out: ${reason}`)
  if (flags.dryRun) return printEstimate(study, folder, terminal)
  const release = lockRunFolder(folder)
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
  const progress = createProgress(study, folder, terminal)
  const outcome = await executeStudy(study, folder, {
    signal: terminal.signal,
    events: progress.events,
  }).finally(() => progress.stop())
  if (outcome.interrupted) {
    throw new SaliencyError(
      'INTERRUPTED',
      `\nStopped after ${outcome.done} unit(s). Finished results are kept in ${folder}; the same command goes on where it stopped.`,
    )
  }
  for (const { unit, reason } of outcome.failed.slice(0, 5))
    terminal.error(pc.red(`unit ${unit} failed: ${reason}`))
  if (outcome.failed.length > 5) terminal.error(pc.red(`… and ${outcome.failed.length - 5} more units`))
  for (const { id, reason } of study.images.failures)
    if (!wanted.skipped.some((one) => one.id === id)) warn(terminal, `${id} is left out: ${reason}`)
  const summary = await finishStudy({
    folder,
    record,
    registry,
    terminal,
    json: flags.json === true,
    keep: (images) => keepPictures(study, folder, images),
    failures: { units: outcome.failed, images: study.images.failures },
    ...(outcome.done > 0 && { seconds: outcome.seconds }),
  })
  const hasFailed =
    outcome.failed.length > 0 ||
    study.images.failures.length > 0 ||
    summary.failures.length > 0 ||
    wanted.unavailable.length > 0
  return hasFailed ? exitCodes.someFailed : exitCodes.ok
}
