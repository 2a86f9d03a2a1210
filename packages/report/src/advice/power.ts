import { counted } from '@saliency/core'
import type { CheckSummary, StudyRecord, StudySummary } from '../study.ts'
import { figure } from '../html.ts'
import { axes, axisOf } from './axes.ts'

/** What a study could find on one axis, had there been anything. */
export interface Power {
  readonly axis: string
  /** The middle variant's largest e that four of five such studies say depends; absent where no spread is known. */
  readonly finds?: number
  /** Judged variants, and those of which the study may miss even that nothing survives. */
  readonly variants: number
  readonly blind: number
}

function middle(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)]
}

function powerOf({ id, findings }: CheckSummary, controls: ReadonlySet<string>): Power[] {
  const judged = findings.flatMap((finding) =>
    finding.kind === 'verdict' && finding.outcome !== undefined && !controls.has(finding.variant)
      ? [finding]
      : [],
  )
  const can = judged.filter(({ outcome }) => outcome !== 'undefined' && outcome !== 'not applicable')
  if (can.length === 0) return []
  const finds = middle(can.flatMap((verdict) => verdict.finds ?? []))
  const blind = can.filter(({ finds: own, outcome }) =>
    own === undefined ? outcome === 'undecided' : own <= 0,
  ).length
  if (finds === undefined && blind === 0) return []
  return [{ axis: axisOf(id), variants: can.length, blind, ...(finds !== undefined && { finds }) }]
}

/** What a study of this size could find, axis by axis; empty where no axis has verdicts with an e. */
export function powerOfStudy(
  { identity: { variants } }: Pick<StudyRecord, 'identity'>,
  { checks }: StudySummary,
): Power[] {
  const controls = new Set(variants.filter(({ control }) => control).map(({ id }) => id))
  return checks.flatMap((check) => powerOf(check, controls))
}

/** True where a study cannot tell: of most of its variants it may miss that nothing survives. */
export const isTooSmall = ({ blind, variants }: Power): boolean => 2 * blind > variants

/** What a study could find, in a sentence an axis. */
export function powerSentence(power: Power): string {
  const { axis, finds, blind, variants } = power
  const name = axes[axis] === undefined ? axis : `the ${axis} axis`
  if (finds === undefined)
    return `On ${name} this study cannot tell: its rows do not say how far a value could be off. Take more images, and 5 draws.`
  if (isTooSmall(power))
    return `On ${name} this study is too small to tell: of ${blind} of ${counted(variants, 'variant')} it may miss a map of which nothing survives. Take more images or draws.`
  return `On ${name} four of five studies of this size find that a variant depends if e is at most ${figure(finds)} (the middle one of ${counted(variants, 'variant')}).`
}
