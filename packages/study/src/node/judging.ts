import type { Check } from '@saliency/core'
import {
  type MeasuredCheck,
  type MeasuredVariant,
  measureVariant,
  type MeasureRequest,
  summariserOf,
} from '../measure-variant.ts'
import { type Needs, restoreNeeds } from '../store/complete-rows.ts'
import type { StudyRow } from '../store/rows.ts'
import type { Answer } from './channel.ts'
import { checkIn } from './check-modules.ts'
import { type RowColumns, rowsOfColumns, type TextLists } from './row-columns.ts'

/** What all rows of a run have in common, and what stands in them as numbers. */
export interface RowFacts extends Pick<StudyRow, 'run' | 'model'> {
  readonly lists: TextLists
  readonly needs: Needs
}

/** Makes rows of one variant's columns, sorted by key. */
export type RowReader = (check: string, variant: string, columns: RowColumns) => readonly StudyRow[]

/** Makes a run's rows of columns. */
export function rowReader({ run, model, lists, needs }: RowFacts): RowReader {
  const protocols = lists.protocol.map((text) => JSON.parse(text) as StudyRow['protocol'])
  return (check, variant, columns) =>
    restoreNeeds(rowsOfColumns(columns, lists, protocols, { run, model, check, variant }), needs)
}

/** One variant to be measured by a check, whose columns change hands. */
export interface JudgingJob extends MeasureRequest {
  readonly check: string
  readonly columns: RowColumns
  readonly moved: readonly ArrayBuffer[]
}

/** A check that a thread is going to measure by, and the module that it imports it from. */
export interface JudgingCheck extends MeasuredCheck {
  readonly url: string
}

/** What a judging thread answers to. */
export interface JudgingThread {
  start(facts: RowFacts): Promise<Answer<boolean>>
  /** Takes the place of the check before. */
  open(check: JudgingCheck): Promise<Answer<boolean>>
  measure(job: JudgingJob): Promise<Answer<MeasuredVariant>>
}

/** Measures variants, by one check after the other. */
export interface Judge {
  open(check: JudgingCheck): Promise<void>
  measure(job: JudgingJob): MeasuredVariant
}

/** Measures on the thread that calls. */
export function createJudge(facts: RowFacts): Judge {
  const read = rowReader(facts)
  let measure: ((job: JudgingJob) => MeasuredVariant) | undefined
  return {
    async open({ id, url, options, variants, lost }) {
      const { default: exported } = (await import(/* @vite-ignore */ url)) as { default?: unknown }
      const check: Check = checkIn(exported, id)
      const summariser = summariserOf(check, { options, variants })
      measure = (job) => measureVariant(job, read(id, job.variant, job.columns), summariser, lost)
    },
    measure(job) {
      if (!measure) throw new Error('internal: no check is open')
      return measure(job)
    },
  }
}
