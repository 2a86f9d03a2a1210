import { join } from 'node:path'
import { type Judgement, readImageMaps, type Run } from '@saliency/study'
import { writeAtomically } from '@saliency/study/system'
import { machinesNotice } from './machines.ts'

/** Where a report goes, and what the run was judged with. */
export interface ReportSettings {
  /** The folder of `report.html` and `summary.json`. */
  readonly out: string
  /** What the run was judged anew with, in [0, 1]; absent where each check judged with its own. */
  readonly threshold?: number
}

/** The version of the shape of `summary.json`: what is added leaves it, what is taken away or renamed makes it 2. */
export const SUMMARY_FORMAT = 1

/** What `summary.json` says of a judged run. */
export async function summaryOf(
  { record, failures }: Run,
  { summary }: Judgement,
  threshold?: number,
): Promise<Record<string, unknown>> {
  const { agreementOf } = await import('@saliency/report')
  return {
    format: SUMMARY_FORMAT,
    run: record.run,
    threshold: threshold ?? null,
    failed: failures,
    ...summary,
    /** Every verdict beside published protocols; empty where the study asked none. */
    protocols: agreementOf(record.identity.variants, summary),
  }
}

/**
 * Writes `summary.json` and `report.html` of a judged run.
 * @returns the path of the report
 * @throws FILE if they cannot be written
 */
export async function writeReport(
  run: Run,
  judgement: Judgement,
  { out, threshold }: ReportSettings,
): Promise<string> {
  const { galleryImages, reportPage } = await import('@saliency/report')
  const { record, failures } = run
  const { images, summary } = judgement
  const text = JSON.stringify(await summaryOf(run, judgement, threshold), undefined, 2)
  writeAtomically(join(out, 'summary.json'), `${text}\n`)
  const shown = galleryImages(record, images, summary).map(async (image) => ({
    ...image,
    ...(await readImageMaps(run, image)),
  }))
  const machines = machinesNotice(run)
  const notices = [...(record.notices ?? []), ...(machines === undefined ? [] : [machines])]
  const page = { record: { ...record, notices }, summary, images: await Promise.all(shown), failures }
  const report = join(out, 'report.html')
  writeAtomically(report, await reportPage({ ...page, ...(threshold !== undefined && { threshold }) }))
  return report
}
