import { counted } from '@saliency/core'
import { classCounts } from '@saliency/images'
import type { StudyRecord } from '@saliency/study'
import { type Config, type PlannedStudy, planStudy } from '@saliency/toolkit'
import { leftToNamesSentence, type Registry } from '@saliency/toolkit/project'
import { engineName, type ModelFlags, resolveSettings } from '@saliency/toolkit/steps'
import { type CommonFlags, openProject, type Project } from './discover.ts'
import { warnOfSlowEngine } from './engine-line.ts'
import { type Terminal, warn } from './terminal.ts'

/** Flags that say what is studied, and where. */
export interface StudyFlags extends CommonFlags, ModelFlags {
  readonly preset?: NonNullable<Config['preset']>
  readonly model?: string
  readonly images?: string
  readonly method?: readonly string[]
  readonly maps?: readonly string[]
  readonly check?: readonly string[]
  readonly target?: string
  readonly direction?: string
  readonly limit?: number
  readonly seed?: number
  readonly out?: string
  readonly engine?: string
  readonly backend?: string
  readonly device?: string
  readonly memory?: string
  readonly batchSize?: number
  readonly groups?: number
  readonly threshold?: number
}

function flagConfig(flags: StudyFlags): Config {
  const {
    preset,
    model,
    images,
    method,
    maps,
    check,
    target,
    direction,
    limit,
    seed,
    out,
    engine,
    backend,
    device,
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
    maps,
    checks: check,
    target,
    direction,
    limit,
    seed,
    out,
    engine: engineName({ engine, backend, device }),
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

/** What a reader of the results should know before anything is computed. */
function printNotes(
  { study, record, warnings }: PlannedStudy,
  wanted: string | undefined,
  terminal: Terminal,
): void {
  for (const warning of warnings) warn(terminal, warning)
  for (const { id, reason } of record.unavailable) warn(terminal, `${id}: ${reason}`)
  if (record.leftOut) terminal.error(leftToNamesSentence(record.leftOut))
  for (const notice of record.notices ?? []) warn(terminal, notice)
  warnOfSlowEngine(study.engine, wanted, terminal)
  printClasses(record, terminal)
  for (const { id, reason } of record.skipped) warn(terminal, `${id} is left out: ${reason}`)
}

/**
 * Plans the study that the command line and a configuration ask for, and says what is to be known of it.
 * @param isShared whether other processes may begin it in the same folder
 * @param shards how many of them are to have something to do
 */
export async function prepareStudy(
  configPath: string | undefined,
  flags: StudyFlags,
  terminal: Terminal,
  isShared = false,
  shards?: number,
): Promise<{ planned: PlannedStudy; registry: Registry }> {
  const project = await openProject(flags, { config: configPath })
  const planned = await prepareIn(project, flags, terminal, isShared, shards)
  return { planned, registry: project.registry }
}

/** The same in a project that is open. */
export async function prepareIn(
  { loaded, registry, root }: Project,
  flags: StudyFlags,
  terminal: Terminal,
  isShared = false,
  shards?: number,
): Promise<PlannedStudy> {
  const settings = resolveSettings(flagConfig(flags), loaded.config)
  const planned = await planStudy(settings, { root, registry, isShared, shards })
  printNotes(planned, settings.engine, terminal)
  return planned
}
