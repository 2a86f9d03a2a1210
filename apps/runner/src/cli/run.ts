import { resolve } from 'node:path'
import { existsSync } from 'node:fs'
import { type Options, SaliencyError } from '@saliency/core'
import { demoTwin } from '@saliency/zoo'
import pc from 'picocolors'
import type { Config } from '../config/config.ts'
import { engineName, openEngine } from '../engines.ts'
import { exitCodes } from '../errors.ts'
import { loadModel } from '../models.ts'
import { executeStudy } from '../study/execute.ts'
import { openStudyImages } from '../study/open-images.ts'
import { prepareStudy } from '../study/prepare.ts'
import { keepPictures } from '../study/pictures.ts'
import { openRunFolder, readStudy, type StudyRecord, studyFile } from '../study/run-folder.ts'
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

async function open(
  configPath: string | undefined,
  flags: RunFlags,
  terminal: Terminal,
): Promise<{
  study: Study
  record: StudyRecord
  folder: string
  registry: Awaited<ReturnType<typeof openProject>>['registry']
}> {
  const { loaded, registry, root } = await openProject(flags, { config: configPath })
  const settings = withThreshold(resolveSettings(flagConfig(flags), loaded.config))
  const folder = resolve(root, settings.out)
  const preprocess = settings.preprocess
  const model = await loadModel(settings.model, { root, ...(preprocess !== undefined && { preprocess }) })
  for (const warning of model.warnings) warn(terminal, warning)
  const twinName = settings.twin ?? demoTwin(settings.model)
  const twin = twinName === undefined ? undefined : (await loadModel(twinName, { root })).weights
  const images = await openStudyImages(settings, root, model.classes)
  const engine = await openEngine(settings.engine)
  const stored = existsSync(studyFile(folder)) ? readStudy(folder) : undefined
  const parts = {
    settings,
    model,
    images,
    registry,
    engine,
    ...(twin && { twin }),
    ...(stored && { stored }),
  }
  return { ...prepareStudy(parts), folder, registry }
}

/** `saliency run [CONFIG]`: plan, execute what is not finished, judge, report. */
export async function runCommand(
  configPath: string | undefined,
  flags: RunFlags,
  terminal: Terminal,
): Promise<number> {
  const { study, record: wanted, folder, registry } = await open(configPath, flags, terminal)
  for (const { id, reason } of wanted.unavailable) warn(terminal, `${id}: ${reason}`)
  for (const { id, reason } of wanted.skipped) warn(terminal, `${id} is left out: ${reason}`)
  if (flags.dryRun) return printEstimate(study, folder, terminal)
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
  await keepPictures(study, record, folder)
  const summary = await finishStudy({
    folder,
    record,
    registry,
    terminal,
    json: flags.json === true,
    failures: { units: outcome.failed, images: study.images.failures },
  })
  if (!flags.json && outcome.done > 0) terminal.out(pc.dim(timing(outcome.seconds)))
  const hasFailed =
    outcome.failed.length > 0 ||
    study.images.failures.length > 0 ||
    summary.failures.length > 0 ||
    wanted.unavailable.length > 0
  return hasFailed ? exitCodes.someFailed : exitCodes.ok
}

function timing({ all, engine, scoring }: { all: number; engine: number; scoring: number }): string {
  return `Computed in ${all.toFixed(1)} s (engine ${engine.toFixed(1)} s, metrics ${scoring.toFixed(1)} s).`
}
