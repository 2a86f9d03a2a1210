import { accuracyOf } from './accuracy.ts'
import type { Check } from '@saliency/core'
import type { Run } from './store/open-run.ts'
import { type RowSource, rowsInMemory } from './store/row-source.ts'
import { type Judgement, summariseStudy } from './summarise.ts'

/** How a run is judged. */
export interface JudgeSettings {
  /** Checks by which the rows are judged; what the run says of one that is not among them is not judged. */
  readonly checks: readonly Check[]
  /** Replaces that of every check that has one, in [0, 1]. */
  readonly threshold?: number
  /** Where rows are read from, a check and a variant at a time; by default all of them are taken into memory. */
  readonly rows?: RowSource
}

/**
 * Judges a run from its rows alone. An image that could not be read for one weight state counts for none.
 * @throws INVALID_RUN if there are no rows, or damaged ones
 */
export async function judgeStudy(run: Run, { rows, ...settings }: JudgeSettings): Promise<Judgement> {
  const source = rows ?? rowsInMemory(await run.rows())
  const judgement = await summariseStudy(run.record, source, { ...settings, lost: run.lost })
  const accuracy = await accuracyOf(run)
  return accuracy ? { ...judgement, summary: { ...judgement.summary, accuracy } } : judgement
}
