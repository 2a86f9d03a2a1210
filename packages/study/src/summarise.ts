import type { Check, Finding, Row, Summariser, Summary, SummaryContext, VariantFacts } from '@saliency/core'
import { correctContrasts } from '@saliency/sanity'
import type { Accuracy } from './accuracy.ts'
import { type JudgedImages, tallyImages } from './judged-images.ts'
import { withoutLost } from './lost.ts'
import type { RowSource } from './store/row-source.ts'
import { FAILURE, type StudyRow } from './store/rows.ts'
import type { LostImages } from './store/run-store.ts'
import { type CheckRecord, factsOf, type StudyRecord } from './store/study-record.ts'
import { withThreshold } from './select-checks.ts'

/** What one check says of a run. */
export interface CheckSummary extends Summary {
  readonly id: string
  readonly title: string
  /** What the check changes, if it changes something. */
  readonly changes?: string
  /** Metrics of faithfulness, and which end is better. */
  readonly better?: NonNullable<Check['better']>
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

/** A run, judged. */
export interface Judgement {
  /** Verdicts, contrasts and curves of every check. */
  readonly summary: StudySummary
  /** What its rows say of each image. */
  readonly images: JudgedImages
}

type FailureCount = {
  -readonly [K in keyof StudySummary['failures'][number]]: StudySummary['failures'][number][K]
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Counts rows that failed, by variant, check and reason. */
function countFailures() {
  const found = new Map<string, FailureCount>()
  return {
    add(rows: readonly StudyRow[]) {
      for (const { status, variant, check, note = '' } of rows) {
        if (status !== 'failed') continue
        const key = `${variant}\n${check}\n${note}`
        const known = found.get(key)
        if (known) known.count += 1
        else found.set(key, { variant, check, note, count: 1 })
      }
    },
    /** In the order of rows, whatever the order in which variants were judged. */
    all: () => [...found.values()].sort((a, b) => byText(a.check, b.check) || byText(a.variant, b.variant)),
  }
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

/** Takes rows as a check wants them: variant by variant, or all at once. */
function summariserOf(check: Check, context: SummaryContext): Summariser {
  if (check.summariser) return check.summariser(context)
  const all: Row[] = []
  return {
    add(_, rows) {
      for (const row of rows) all.push(row)
    },
    finish: () => check.summarise(all, context),
  }
}

/** Variants in the order in which a check takes them: the study's, or that of rows where it takes all at once. */
function inOrder(
  found: readonly string[],
  facts: readonly VariantFacts[],
  check: Check | undefined,
): string[] {
  const sorted = found.toSorted(byText)
  if (!check?.summariser) return sorted
  const known = facts.map(({ id }) => id).filter((id) => found.includes(id))
  return [...known, ...sorted.filter((id) => !known.includes(id))]
}

/** How a run's rows are judged. */
export interface SummarySettings {
  readonly checks: readonly Check[]
  /** Replaces the checks' own, where they have one. */
  readonly threshold?: number
  /** Images that could not be read for at least one weight state: they count for none. */
  readonly lost?: LostImages
}

/**
 * Judges a run from its stored rows alone: one summary for each check of the study, with findings, notes and figures. A check
 * that is not installed is listed without findings. The rows of one check and variant are in memory at a time, unless a
 * check takes all of its rows at once.
 */
export async function summariseStudy(
  record: StudyRecord,
  source: RowSource,
  { checks, threshold, lost = new Map() }: SummarySettings,
): Promise<Judgement> {
  const variants = factsOf(record)
  const failures = countFailures()
  const images = tallyImages(new Set(variants.filter(({ control }) => control).map(({ id }) => id)))
  let count = 0

  async function summarise({ id, options, package: from }: CheckRecord): Promise<Summary> {
    const check = checks.find((one) => one.id === id)
    const used = check && withThreshold(check, options, threshold)
    const taking = check && summariserOf(check, { options: used as never, variants })
    let isEmpty = true
    for (const variant of inOrder(await source.variants(id), variants, check)) {
      const rows = await source.rows(id, variant)
      count += rows.length
      const judged = withoutLost(rows, lost)
      failures.add(judged)
      images.add(judged)
      const own = judged.filter(({ metric }) => metric !== FAILURE)
      if (own.length === 0) continue
      isEmpty = false
      taking?.add(variant, own)
    }
    if (!taking)
      return {
        findings: [],
        notes: [`The check ${id} (${from}) is not installed: its rows are stored, but not judged.`],
      }
    return isEmpty ? { findings: [], notes: ['There are no rows yet.'] } : taking.finish()
  }

  const summaries: CheckSummary[] = []
  for (const stored of record.identity.checks) {
    const summary = await summarise(stored)
    images.endCheck(summary)
    const { id, title, references } = stored
    const { changes, better } = checks.find((one) => one.id === id) ?? {}
    const own = { ...(changes !== undefined && { changes }), ...(better && { better }) }
    summaries.push({ id, title, ...own, references, ...summary })
  }
  return { summary: { checks: correctTogether(summaries), failures: failures.all(), rows: count }, images }
}
