import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pc from 'picocolors'
import type { Registry } from '../discovery/registry.ts'
import { writeAtomically } from '../files.ts'
import { writeReport } from '../report/write.ts'
import type { StudyFailures } from '../study/failures.ts'
import { readAllRows } from '../study/rows.ts'
import type { StudyRecord } from '../study/run-folder.ts'
import { type StudySummary, summariseStudy } from '../study/summarise.ts'
import type { Terminal } from './terminal.ts'
import { verdictTable } from './verdict-table.ts'

/** Judges a run from its rows, writes `summary.json` and `report.html`, and prints the verdicts. */
export async function finishStudy(request: {
  readonly folder: string
  readonly record: StudyRecord
  readonly registry: Registry
  readonly terminal: Terminal
  readonly json: boolean
  readonly threshold?: number
  readonly failures?: StudyFailures
}): Promise<StudySummary> {
  const { folder, record, registry, terminal, json, threshold, failures } = request
  const rows = await readAllRows(folder)
  const summary = summariseStudy(record, rows, registry.checks, threshold)
  const settings = { run: record.run, threshold: threshold ?? null, ...(failures && { failed: failures }) }
  writeAtomically(
    join(folder, 'summary.json'),
    `${JSON.stringify({ ...settings, ...summary }, undefined, 2)}\n`,
  )
  const report = join(folder, 'report.html')
  await writeReport(
    { folder, record, summary, ...(threshold !== undefined && { threshold }), ...(failures && { failures }) },
    report,
  )
  if (json) terminal.out(JSON.stringify({ ...settings, ...summary, report }))
  else {
    terminal.out(verdictTable(summary, record.identity.variants))
    for (const { variant, check, note, count } of summary.failures)
      terminal.out(pc.red(`${variant} failed in ${check} (${count} times): ${note}`))
    terminal.out(`\nReport: ${pc.bold(report)}\n        ${pathToFileURL(report).href}`)
  }
  return summary
}
