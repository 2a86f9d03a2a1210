import type { Contrast, Finding, Measurement, Verdict } from '@saliency/core'
import type { Judging } from './methods-paragraph.ts'
import type { CheckSummary, StudySummary, VariantRecord } from './study.ts'

/** One variant's verdict and contrast under one check. */
export interface Judged {
  readonly variant: VariantRecord
  readonly verdict?: Verdict
  readonly contrast?: Contrast
}

/** Checks that give verdicts, with one entry per variant that has any. */
export function judgedChecks(
  summary: StudySummary,
  variants: readonly VariantRecord[],
): { check: CheckSummary; judged: Judged[] }[] {
  return summary.checks
    .map((check) => ({ check, judged: variants.flatMap((variant) => judgedVariant(check, variant)) }))
    .filter(({ judged }) => judged.some(({ verdict }) => verdict !== undefined))
}

function judgedVariant({ findings }: CheckSummary, variant: VariantRecord): Judged[] {
  const own = findings.filter((finding) => finding.variant === variant.id)
  const verdict = own.find((finding) => finding.kind === 'verdict')
  const contrast = own.find((finding) => finding.kind === 'contrast')
  return verdict || contrast ? [{ variant, ...(verdict && { verdict }), ...(contrast && { contrast }) }] : []
}

/** Findings beside verdicts and contrasts: metrics that are shown and not judged. */
export function otherFindings({ findings }: CheckSummary): Measurement[] {
  return findings.filter((finding: Finding): finding is Measurement => finding.kind === undefined)
}

/** A variant that keeps only one sign of the gradient. */
export function isOneSided({ handling, control }: VariantRecord): boolean {
  return handling !== 'signed' && !control
}

/** What a check varies, in words. */
export function changesOf({ changes, title }: CheckSummary): string {
  return changes ?? title.toLowerCase()
}

/** Which of the run's checks gave verdicts, and with which bound where it is not their own. */
export function judgingOf({ checks }: StudySummary, threshold: number | undefined): Judging {
  const gave = ({ findings }: CheckSummary) =>
    findings.some(({ kind, outcome }) => kind === 'verdict' && outcome !== undefined)
  const places = checks.flatMap((check, at) => (gave(check) ? [at] : []))
  return { checks: places, ...(threshold !== undefined && { threshold }) }
}
