import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { counted, SaliencyError } from '@saliency/core'
import {
  accuracySentence,
  checkRequirements,
  type GalleryImage,
  galleryImages,
  junitXml,
  type Requirement,
} from '@saliency/report'
import type { Run, StudySeconds, StudySummary } from '@saliency/study'
import { openRun } from '@saliency/study/node'
import { writeAtomically } from '@saliency/study/system'
import pc from 'picocolors'
import { judgeStudy, writeReport } from '@saliency/toolkit'
import type { Registry } from '@saliency/toolkit/project'
import { machinesNotice, summaryOf } from '@saliency/toolkit/steps'
import { exitCodes } from '../exit-codes.ts'
import { type CommonFlags, openProject } from './discover.ts'
import { type Terminal, warn } from './terminal.ts'
import { verdictTable } from './verdict-table.ts'

/** Everything that is not the engine's work, as a share of it. */
function overheadOf({ all, engine }: StudySeconds): number {
  return (all - engine) / engine
}

function timing(seconds: StudySeconds): string {
  const { all, engine, scoring, threads } = seconds
  const beside = threads === 0 ? 'after it' : `beside it (${counted(threads, 'thread')})`
  return `Computed in ${all.toFixed(1)} s: engine ${engine.toFixed(1)} s, scoring ${beside} ${scoring.toFixed(1)} s, overhead ${Math.round(100 * overheadOf(seconds))} %.`
}

/** A run to be judged. */
export interface FinishRequest {
  readonly folder: string
  readonly registry: Registry
  readonly terminal: Terminal
  readonly json: boolean
  readonly threshold?: number
  /** Ids of images that were named already as left out. */
  readonly said?: readonly string[]
  /** Where the report goes; the run folder by default. */
  readonly out?: string
  /** Where the time went, if anything was computed. */
  readonly seconds?: StudySeconds
  /** What must have come out, or the exit code is 3. */
  readonly requirements?: readonly Requirement[]
  /** Where requirements go as JUnit XML. */
  readonly junit?: string
  /** Keeps the pictures of images that the report shows. */
  keep?(images: readonly GalleryImage[]): Promise<void>
}

/** Says what is missing from a run: units that failed or are still to do, images that were left out, and machines of one kind. */
function printMissing(run: Run, { terminal, said = [] }: FinishRequest): void {
  const { record, finished, failures } = run
  const { units, images } = failures
  for (const { unit, reason } of units.slice(0, 5)) terminal.error(pc.red(`unit ${unit} failed: ${reason}`))
  if (units.length > 5) terminal.error(pc.red(`… and ${units.length - 5} more units`))
  const unsaid = images.filter(({ id }) => !said.includes(id))
  for (const { id, reason } of unsaid) warn(terminal, `${id} is left out of every verdict: ${reason}`)
  if (unsaid.length > 0)
    warn(
      terminal,
      `${unsaid.length} of ${counted(record.images.length, 'image')} could not be read for every weight state. Put them back as they were and repeat the command: it computes what is missing.`,
    )
  const machines = machinesNotice(run)
  if (machines !== undefined) warn(terminal, machines)
  const open = record.units.length - finished.length - units.length
  if (open > 0)
    warn(
      terminal,
      `${open} of ${counted(record.units.length, 'unit')} are not finished: \`saliency run\` goes on with them.`,
    )
}

function printSummary(summary: StudySummary, { record }: Run, terminal: Terminal): void {
  terminal.out(verdictTable(summary, record.identity.variants, terminal.columns))
  if (summary.accuracy) terminal.out(accuracySentence(summary.accuracy))
  for (const { variant, check, note, count } of summary.failures)
    terminal.out(pc.red(`${variant} failed in ${check} (${count} times): ${note}`))
}

/** Says which requirements are not met, and writes them all as JUnit XML where that is asked for. */
function requireAll(
  { requirements = [], junit, terminal }: FinishRequest,
  run: string,
  summary: StudySummary,
): boolean {
  const required = checkRequirements(requirements, summary)
  if (junit !== undefined) writeAtomically(junit, junitXml(run, required, summary))
  const unmet = required.filter(({ holds }) => !holds)
  if (unmet.length === 0) return true
  const list = unmet.map(
    ({ variant, axis, outcome, found }) => `${variant}: ${axis} is '${found}', not '${outcome}'`,
  )
  terminal.error(pc.red(`--require is not met: ${list.join('; ')}.`))
  return false
}

/**
 * Judges a run from its rows, prints the verdicts and what is missing, and writes `summary.json` and `report.html`.
 * @returns the exit code
 * @throws INVALID_RUN if there are no rows, damaged ones, or others than the run's; FILE if the report cannot be written.
 */
export async function finishStudy(request: FinishRequest): Promise<number> {
  const { folder, registry, terminal, json, threshold, seconds, out = folder } = request
  const moved = threshold === undefined ? {} : { threshold }
  const run = await openRun(folder)
  const { record, failures } = run
  const judgement = await judgeStudy(run, { registry, ...moved })
  const { summary } = judgement
  printMissing(run, request)
  const report = join(out, 'report.html')
  const spent = seconds && { seconds: { ...seconds, overhead: overheadOf(seconds) } }
  if (json)
    terminal.out(JSON.stringify({ ...(await summaryOf(run, judgement, threshold)), report, ...spent }))
  else printSummary(summary, run, terminal)
  try {
    await request.keep?.(galleryImages(record, judgement.images, summary))
    await writeReport(run, judgement, { out, ...moved })
  } catch (cause) {
    if (!SaliencyError.is(cause, 'FILE')) throw cause
    const remedy = `\`saliency report ${folder} --out FOLDER\` writes the report elsewhere.`
    throw new SaliencyError('FILE', `${cause.message} ${remedy}`, { cause })
  }
  if (!json) {
    terminal.out(`\nReport: ${pc.bold(report)}\n        ${pathToFileURL(report).href}`)
    if (seconds) terminal.out(pc.dim(timing(seconds)))
  }
  const isMet = requireAll(request, record.run, summary)
  const isComplete =
    run.finished.length === record.units.length &&
    failures.images.length === 0 &&
    summary.failures.length === 0 &&
    record.unavailable.length === 0
  if (!isComplete) return exitCodes.someFailed
  return isMet ? exitCodes.ok : exitCodes.requirementFailed
}

/** Flags of `saliency report`. */
export interface ReportFlags extends CommonFlags {
  readonly threshold?: number
  readonly out?: string
  readonly json?: boolean
}

/** `saliency report RUN`: summaries and report from stored rows alone. */
export async function reportCommand(folder: string, flags: ReportFlags, terminal: Terminal): Promise<number> {
  const { registry } = await openProject(flags)
  return finishStudy({
    folder,
    registry,
    terminal,
    ...(flags.threshold !== undefined && { threshold: flags.threshold }),
    ...(flags.out !== undefined && { out: resolve(flags.out) }),
    json: flags.json === true,
  })
}
