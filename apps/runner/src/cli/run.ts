import { resolve } from 'node:path'
import { counted, SaliencyError } from '@saliency/core'
import { classCounts } from '@saliency/images'
import { parseRequirement } from '@saliency/report'
import { keepPictures, type RunOutcome, type StudyRecord } from '@saliency/study'
import { folderStore, runStudy } from '@saliency/study/node'
import type { Config } from '../config/schema.ts'
import { engineName } from '../engines.ts'
import { leftToNamesSentence } from '../discovery/selection.ts'
import { exitCodes } from '../errors.ts'
import { type PlannedStudy, planStudy } from '../study/plan-study.ts'
import { resolveSettings } from '../study/settings.ts'
import { type CommonFlags, openProject } from './discover.ts'
import { warnOfSlowEngine } from './engine-line.ts'
import { printPlan } from './dry-run.ts'
import { finishStudy } from './report.ts'
import type { ModelFlags } from '../model-settings.ts'
import { createProgress, type Progress } from './progress.ts'
import { type Terminal, warn } from './terminal.ts'

/** Flags of `saliency run`. */
export interface RunFlags extends CommonFlags, ModelFlags {
  readonly preset?: NonNullable<Config['preset']>
  readonly model?: string
  readonly images?: string
  readonly method?: readonly string[]
  readonly check?: readonly string[]
  readonly target?: string
  readonly direction?: string
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
  readonly require?: readonly string[]
  readonly junit?: string
  readonly json?: boolean
}

function flagConfig(flags: RunFlags): Config {
  const {
    preset,
    model,
    images,
    method,
    check,
    target,
    direction,
    limit,
    seed,
    out,
    engine,
    backend,
    memory,
    batchSize,
    groups,
    threshold,
    preprocess,
    output,
    size,
    targetRegion,
  } = flags
  const config = {
    preset,
    model,
    images,
    methods: method,
    checks: check,
    target,
    direction,
    limit,
    seed,
    out,
    engine: engineName(engine, backend),
    memory,
    batchSize,
    groups,
    preprocess,
    output,
    size,
    targetRegion,
  }
  return { ...(config as Config), ...(threshold !== undefined && { threshold }) }
}

/** How many images of each class are studied. */
function printClasses({ images, classes, identity }: StudyRecord, terminal: Terminal): void {
  const counts = classCounts({ images, ...(classes && { classes }) })
  if (counts.length === 0) return
  const listed = counts.slice(0, 12).map(({ name, count }) => `${name} ${count}`)
  const more = counts.length > listed.length ? `, … (${counted(counts.length, 'class', 'classes')})` : ''
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
  const { loaded, registry, root } = await openProject(flags, { config: configPath })
  const planned = await planStudy(resolveSettings(flagConfig(flags), loaded.config), { root, registry })
  const { study, record, folder, warnings } = planned
  for (const warning of warnings) warn(terminal, warning)
  for (const { id, reason } of record.unavailable) warn(terminal, `${id}: ${reason}`)
  if (record.leftOut) terminal.error(leftToNamesSentence(record.leftOut))
  for (const notice of record.notices ?? []) warn(terminal, notice)
  warnOfSlowEngine(study.engine, engineName(flags.engine, flags.backend) ?? loaded.config.engine, terminal)
  printClasses(record, terminal)
  for (const { id, reason } of record.skipped) warn(terminal, `${id} is left out: ${reason}`)
  const known = {
    variants: record.identity.variants.map(({ id }) => id),
    checks: record.identity.checks.map(({ id }) => id),
  }
  const requirements = (flags.require ?? []).flatMap((text) => parseRequirement(text, known))
  if (flags.dryRun) {
    await printPlan(study, folder, terminal)
    return exitCodes.ok
  }
  const outcome = await execute(planned, terminal)
  return finishStudy({
    folder,
    registry,
    terminal,
    json: flags.json === true,
    requirements,
    ...(flags.junit !== undefined && { junit: resolve(flags.junit) }),
    said: outcome.record.skipped.map(({ id }) => id),
    keep: (images) => keepPictures(study, folderStore(folder), images),
    ...(outcome.done > 0 && { seconds: outcome.seconds }),
  })
}

/** Runs a study and shows how far it is. @throws INTERRUPTED */
async function execute(planned: PlannedStudy, terminal: Terminal): Promise<RunOutcome> {
  let progress: Progress | undefined
  const outcome = await runStudy(planned, {
    signal: terminal.signal,
    events: (pending) => (progress = createProgress(planned.study, pending, terminal)).events,
    say: terminal.error,
  }).finally(() => progress?.stop())
  if (!outcome.interrupted) return outcome
  throw new SaliencyError(
    'INTERRUPTED',
    `\nStopped after ${counted(outcome.done, 'unit')}. Finished results are kept in ${planned.folder}; the same command goes on where it stopped.`,
  )
}
