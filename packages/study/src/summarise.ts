import type { Check, Finding, Summary } from '@saliency/core'
import { correctContrasts } from '@saliency/sanity'
import type { Accuracy } from './accuracy.ts'
import { FAILURE, type StudyRow } from './store/rows.ts'
import type { StudyRecord } from './store/study-record.ts'
import { factsOf } from './store/study-record.ts'
import { withThreshold } from './select-checks.ts'

/** What one check says of a run. */
export interface CheckSummary extends Summary {
  readonly id: string
  readonly title: string
  /** What the check changes, if it changes something. */
  readonly changes?: string
  readonly references: readonly string[]
}

/** A run, judged. */
export interface StudySummary {
  readonly checks: readonly CheckSummary[]
  readonly failures: readonly {
    readonly variant: string
    readonly check: string
    readonly note: string
    readonly count: number
  }[]
  readonly rows: number
  /** How often the model is right, where images have labels. */
  readonly accuracy?: Accuracy
}

function failuresOf(rows: readonly StudyRow[]): StudySummary['failures'] {
  const found = new Map<string, { variant: string; check: string; note: string; count: number }>()
  for (const { status, variant, check, note = '' } of rows) {
    if (status !== 'failed') continue
    const key = `${variant}\n${check}\n${note}`
    const known = found.get(key)
    if (known) known.count += 1
    else found.set(key, { variant, check, note, count: 1 })
  }
  return [...found.values()]
}

/** Holm's correction once more, over the contrasts of all checks: the family of tests is the run's. */
function correctTogether(summaries: readonly CheckSummary[]): CheckSummary[] {
  const all: Finding[] = correctContrasts(summaries.flatMap(({ findings }) => findings))
  let from = 0
  return summaries.map((summary) => {
    const findings = all.slice(from, from + summary.findings.length)
    from += summary.findings.length
    return { ...summary, findings }
  })
}

/**
 * Judges a run from its stored rows alone: one summary for each check of the study, with findings, notes and figures. A check
 * that is not installed is listed without findings.
 * @param threshold replaces the checks' own, where they have one
 */
export function summariseStudy(
  record: StudyRecord,
  rows: readonly StudyRow[],
  checks: readonly Check[],
  threshold?: number,
): StudySummary {
  const variants = factsOf(record)
  const summaries = record.identity.checks.map((stored): CheckSummary => {
    const { id, title, references, options } = stored
    const check = checks.find((one) => one.id === id)
    if (!check)
      return {
        id,
        title,
        references,
        findings: [],
        notes: [`The check ${id} (${stored.package}) is not installed: its rows are stored, but not judged.`],
      }
    const own = rows.filter((row) => row.check === id && row.metric !== FAILURE)
    const used = withThreshold(check, options, threshold)
    const summary =
      own.length === 0
        ? { findings: [], notes: ['There are no rows yet.'] }
        : check.summarise(own, { options: used as never, variants })
    const changes = check.changes === undefined ? {} : { changes: check.changes }
    return { id, title, ...changes, references, ...summary }
  })
  return { checks: correctTogether(summaries), failures: failuresOf(rows), rows: rows.length }
}
