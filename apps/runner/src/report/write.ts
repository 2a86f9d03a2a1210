import type { RunFailures } from '../cli/finish.ts'
import { writeAtomically } from '../files.ts'
import type { StudyRecord } from '../study/run-folder.ts'
import type { StudySummary } from '../study/summarise.ts'

/** What a report is made from: nothing but what lies in the run folder. */
export interface ReportRequest {
  readonly folder: string
  readonly record: StudyRecord
  readonly summary: StudySummary
  readonly threshold?: number
  readonly failures?: RunFailures
}

export async function writeReport(request: ReportRequest, path: string): Promise<void> {
  writeAtomically(path, `<!doctype html><title>${request.record.run}</title>`)
}
