import type { Check, Finding, Summary, VariantFacts } from '@saliency/core'
import { correctContrasts } from '@saliency/sanity'
import type { Accuracy } from './accuracy.ts'
import { type JudgedImages, tallyImages } from './judged-images.ts'
import { type FailureCount, type MeasuredVariant, measureVariant, summariserOf } from './measure-variant.ts'
import type { RowSource } from './store/row-source.ts'
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
  readonly failures: readonly FailureCount[]
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

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** In the order of rows, whatever the order in which variants were judged. */
function inRowOrder(failures: readonly FailureCount[]): FailureCount[] {
  return failures.toSorted((a, b) => byText(a.check, b.check) || byText(a.variant, b.variant))
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

/** What an option is that a check did not have yet when a run was stored. */
const defaultsOf = (check: Check) =>
  Object.fromEntries(Object.entries(check.options).map(([name, spec]) => [name, spec.default]))

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
  const failures: FailureCount[] = []
  const images = tallyImages(new Set(variants.filter(({ control }) => control).map(({ id }) => id)))
  let count = 0

  async function summarise({ id, options, package: from }: CheckRecord): Promise<Summary> {
    const check = checks.find((one) => one.id === id)
    const used = (
      check ? withThreshold(check, { ...defaultsOf(check), ...options }, threshold) : options
    ) as never
    const summariser = check && summariserOf(check, { options: used, variants })
    const requests = inOrder(await source.variants(id), variants, check).map((variant) => ({
      variant,
      sums: images.wants(variant),
    }))

    async function* measuredHere(): AsyncGenerator<MeasuredVariant> {
      for (const one of requests)
        yield measureVariant(one, await source.rows(id, one.variant), summariser, lost)
    }
    const elsewhere = check?.summariser && source.measure?.({ id, options: used, variants, lost }, requests)
    let isEmpty = true
    for await (const { variant, rows, failures: own, images: found, measured } of elsewhere ??
      measuredHere()) {
      count += rows
      failures.push(...own)
      images.add(found)
      if (measured) summariser?.add(variant, measured.value)
      isEmpty &&= !measured
    }
    if (!summariser)
      return {
        findings: [],
        notes: [`The check ${id} (${from}) is not installed: its rows are stored, but not judged.`],
      }
    return isEmpty ? { findings: [], notes: ['There are no rows yet.'] } : summariser.finish()
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
  const summary = { checks: correctTogether(summaries), failures: inRowOrder(failures), rows: count }
  return { summary, images }
}
