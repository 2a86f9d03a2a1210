import type { Check } from '@saliency/core'
import { accuracyOf } from './accuracy.ts'
import type { Run } from './store/open-run.ts'
import type { StudyRow } from './store/rows.ts'
import { withoutLost } from './lost.ts'
import { type StudySummary, summariseStudy } from './summarise.ts'

/** How a run is judged. */
export interface JudgeSettings {
  /** Checks by which the rows are judged; what the run says of one that is not among them is not judged. */
  readonly checks: readonly Check[]
  /** Replaces that of every check that has one, in [0, 1]. */
  readonly threshold?: number
}

/** A run, judged. */
export interface Judgement {
  /** Verdicts, contrasts and curves of every check. */
  readonly summary: StudySummary
  /** The rows that were judged: those that need no image which could not be read. */
  readonly judged: readonly StudyRow[]
}

/**
 * Judges a run from its rows alone. An image that could not be read for one weight state counts for none.
 * @throws INVALID_RUN if there are no rows, or damaged ones
 */
export async function judgeStudy(run: Run, { checks, threshold }: JudgeSettings): Promise<Judgement> {
  const rows = await run.rows()
  const judged = withoutLost(rows, run.lost)
  const summary = summariseStudy(run.record, judged, checks, threshold)
  const accuracy = await accuracyOf(run)
  return { judged, summary: { ...summary, rows: rows.length, ...(accuracy && { accuracy }) } }
}
