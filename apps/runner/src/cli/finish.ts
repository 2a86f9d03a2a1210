import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SaliencyError } from '@saliency/core'
import pc from 'picocolors'
import { counted } from '../counted.ts'
import type { Registry } from '../discovery/registry.ts'
import { writeAtomically } from '../files.ts'
import { type GalleryImage, galleryImages } from '../report/gallery-images.ts'
import { writeReport } from '../report/write.ts'
import { exitCodes } from '../errors.ts'
import { lostImages, readFailures, type StudyFailures } from '../study/failures.ts'
import { withoutLost } from '../study/lost.ts'
import { readAllRows, type StudyRow } from '../study/rows.ts'
import type { StudySeconds } from '../study/execute.ts'
import { assertIdentity, type StudyRecord } from '../study/run-folder.ts'
import { type StudySummary, summariseStudy } from '../study/summarise.ts'
import { finishedUnits } from '../study/units.ts'
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
  readonly record: StudyRecord
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
  /** Keeps the pictures of images that the report shows. */
  keep?(images: readonly GalleryImage[]): Promise<void>
}

/** Says what is missing from a run: units that failed or are still to do, and images that were left out. */
function printMissing(
  { units, images }: StudyFailures,
  unfinished: number,
  { record, terminal, said = [] }: FinishRequest,
): void {
  for (const { unit, reason } of units.slice(0, 5)) terminal.error(pc.red(`unit ${unit} failed: ${reason}`))
  if (units.length > 5) terminal.error(pc.red(`… and ${units.length - 5} more units`))
  const unsaid = images.filter(({ id }) => !said.includes(id))
  for (const { id, reason } of unsaid) warn(terminal, `${id} is left out of every verdict: ${reason}`)
  if (unsaid.length > 0)
    warn(
      terminal,
      `${unsaid.length} of ${counted(record.images.length, 'image')} could not be read for every weight state. Put them back as they were and repeat the command: it computes what is missing.`,
    )
  const open = unfinished - units.length
  if (open > 0)
    warn(
      terminal,
      `${open} of ${counted(record.units.length, 'unit')} are not finished: \`saliency run\` goes on with them.`,
    )
}

/** The rows of a run. @throws INVALID_RUN if there are none, or if they are of another study. */
async function rowsOf(folder: string, record: StudyRecord, failures: StudyFailures): Promise<StudyRow[]> {
  const rows = await readAllRows(folder)
  if (rows.length === 0 && failures.units.length === 0)
    throw new SaliencyError(
      'INVALID_RUN',
      `${folder} has no finished unit yet: \`saliency run\` goes on with it.`,
    )
  const stranger = rows.find(({ run }) => run !== record.run)
  if (stranger)
    throw new SaliencyError(
      'INVALID_RUN',
      `${folder} holds rows of run ${stranger.run}, but its study.json describes ${record.run}: use another folder.`,
    )
  return rows
}

/** Everything that a run folder says, judged. */
async function judge({ folder, record, registry, threshold }: FinishRequest) {
  assertIdentity(folder, record)
  const finished = finishedUnits(folder, record.units)
  const lost = lostImages(finished)
  const failures = readFailures(folder, record, lost)
  const rows = await rowsOf(folder, record, failures)
  const judged = withoutLost(rows, lost)
  const summary = { ...summariseStudy(record, judged, registry.checks, threshold), rows: rows.length }
  return { failures, judged, summary, unfinished: record.units.length - finished.length }
}

function printSummary(summary: StudySummary, { record, terminal }: FinishRequest): void {
  terminal.out(verdictTable(summary, record.identity.variants))
  for (const { variant, check, note, count } of summary.failures)
    terminal.out(pc.red(`${variant} failed in ${check} (${count} times): ${note}`))
}

/**
 * Judges a run from its rows, prints the verdicts and what is missing, and writes `summary.json` and `report.html`.
 * @returns the exit code
 * @throws INVALID_RUN if there are no rows, damaged ones, or others than the run's; FILE if the report cannot be written.
 */
export async function finishStudy(request: FinishRequest): Promise<number> {
  const { folder, record, terminal, json, threshold, seconds, out = folder } = request
  const { failures, judged, summary, unfinished } = await judge(request)
  printMissing(failures, unfinished, request)
  const settings = { run: record.run, threshold: threshold ?? null, failed: failures }
  const report = join(out, 'report.html')
  const spent = seconds && { seconds: { ...seconds, overhead: overheadOf(seconds) } }
  if (json) terminal.out(JSON.stringify({ ...settings, ...summary, report, ...spent }))
  else printSummary(summary, request)
  const images = galleryImages(record, judged, summary)
  const moved = threshold === undefined ? {} : { threshold }
  try {
    await request.keep?.(images)
    writeAtomically(
      join(out, 'summary.json'),
      `${JSON.stringify({ ...settings, ...summary }, undefined, 2)}\n`,
    )
    await writeReport({ folder, record, summary, images, failures, ...moved }, report)
  } catch (cause) {
    if (!SaliencyError.is(cause, 'FILE')) throw cause
    const remedy = `\`saliency report ${folder} --out FOLDER\` writes the report elsewhere.`
    throw new SaliencyError('FILE', `${cause.message} ${remedy}`, { cause })
  }
  if (!json) {
    terminal.out(`\nReport: ${pc.bold(report)}\n        ${pathToFileURL(report).href}`)
    if (seconds) terminal.out(pc.dim(timing(seconds)))
  }
  const isComplete =
    unfinished === 0 &&
    failures.images.length === 0 &&
    summary.failures.length === 0 &&
    record.unavailable.length === 0
  return isComplete ? exitCodes.ok : exitCodes.someFailed
}
