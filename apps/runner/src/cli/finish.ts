import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pc from 'picocolors'
import { counted } from '../counted.ts'
import type { Registry } from '../discovery/registry.ts'
import { writeAtomically } from '../files.ts'
import { type GalleryImage, galleryImages } from '../report/gallery-images.ts'
import { writeReport } from '../report/write.ts'
import type { StudyFailures } from '../study/failures.ts'
import { readAllRows } from '../study/rows.ts'
import type { StudySeconds } from '../study/execute.ts'
import type { StudyRecord } from '../study/run-folder.ts'
import { type StudySummary, summariseStudy } from '../study/summarise.ts'
import type { Terminal } from './terminal.ts'
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

/** Judges a run from its rows, writes `summary.json` and `report.html`, and prints the verdicts. */
export async function finishStudy(request: {
  readonly folder: string
  readonly record: StudyRecord
  readonly registry: Registry
  readonly terminal: Terminal
  readonly json: boolean
  readonly threshold?: number
  readonly failures?: StudyFailures
  /** Where the time went, if anything was computed. */
  readonly seconds?: StudySeconds
  /** Keeps the pictures of images that the report shows. */
  keep?(images: readonly GalleryImage[]): Promise<void>
}): Promise<StudySummary> {
  const { folder, record, registry, terminal, json, threshold, failures, seconds } = request
  const rows = await readAllRows(folder)
  const summary = summariseStudy(record, rows, registry.checks, threshold)
  const settings = { run: record.run, threshold: threshold ?? null, ...(failures && { failed: failures }) }
  writeAtomically(
    join(folder, 'summary.json'),
    `${JSON.stringify({ ...settings, ...summary }, undefined, 2)}\n`,
  )
  const report = join(folder, 'report.html')
  const images = galleryImages(record, rows)
  await request.keep?.(images)
  await writeReport(
    {
      folder,
      record,
      summary,
      images,
      ...(threshold !== undefined && { threshold }),
      ...(failures && { failures }),
    },
    report,
  )
  const spent = seconds && { seconds: { ...seconds, overhead: overheadOf(seconds) } }
  if (json) terminal.out(JSON.stringify({ ...settings, ...summary, report, ...spent }))
  else {
    terminal.out(verdictTable(summary, record.identity.variants))
    for (const { variant, check, note, count } of summary.failures)
      terminal.out(pc.red(`${variant} failed in ${check} (${count} times): ${note}`))
    terminal.out(`\nReport: ${pc.bold(report)}\n        ${pathToFileURL(report).href}`)
    if (seconds) terminal.out(pc.dim(timing(seconds)))
  }
  return summary
}
