import { counted } from '@saliency/core'
import type { CheckSummary, StudyRecord, StudySummary } from '../study.ts'
import { figure } from '../html.ts'
import { axes, axisOf } from './axes.ts'

/** What a study could find on one axis, had there been anything. */
export interface Power {
  readonly axis: string
  /**
   * Of the middle variant: the largest e that four of five such studies say depends, or on the sign, truth and parts axes the
   * smallest value that they say holds or is found; absent where no spread is known, or nothing would be.
   */
  readonly finds?: number
  /** Judged variants, and those of which the study may miss even the clearest case. */
  readonly variants: number
  readonly blind: number
}

function middle(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)]
}

/** Power on an axis whose check only measures, and says from which value on it would find anything. */
function powerOfMeasured({ id, findings }: CheckSummary, controls: ReadonlySet<string>): Power[] {
  const can = findings.flatMap(({ variant, outcome, details }) =>
    details?.['findsFrom'] !== undefined && outcome !== 'undefined' && !controls.has(variant)
      ? [details['findsFrom']]
      : [],
  )
  if (can.length === 0) return []
  const finds = middle(can.filter((value) => typeof value === 'number'))
  const blind = can.filter((value) => value === null).length
  return [{ axis: axisOf(id), variants: can.length, blind, ...(finds !== undefined && { finds }) }]
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
  return checks.flatMap((check) => [...powerOf(check, controls), ...powerOfMeasured(check, controls)])
}

/** True where a study cannot tell: of most of its variants it may miss that nothing survives. */
export const isTooSmall = ({ blind, variants }: Power): boolean => 2 * blind > variants

/** What is found on an axis from a value on, and what is missed where a study is too small. */
const found: Readonly<Record<string, { what: string; missed: string }>> = {
  sign: {
    what: 'a sign holds if it agrees with the logit beyond chance by at least',
    missed: 'a sign that always holds',
  },
  truth: {
    what: 'a map finds the grafted truth if a pixel of the pattern outranks others with a chance of at least',
    missed: 'a map that shows nothing but the pattern',
  },
  parts: {
    what: 'a map finds the parts if it agrees with the model beyond chance by at least',
    missed: 'a map that always ranks parts as the model does',
  },
}

/** What a study could find, in a sentence an axis. */
export function powerSentence(power: Power): string {
  const { axis, finds, blind, variants } = power
  const name = axes[axis] === undefined ? axis : `the ${axis} axis`
  const own = found[axis]
  if (own && (finds === undefined || isTooSmall(power)))
    return `On ${name} this study is too small to tell: of ${blind} of ${counted(variants, 'variant')} it may miss ${own.missed}. Take more images.`
  if (own)
    return `On ${name} four of five studies of this size find that ${own.what} ${figure(finds)} (the middle one of ${counted(variants, 'variant')}).`
  if (finds === undefined)
    return `On ${name} this study cannot tell: its rows do not say how far a value could be off. Take more images, and 5 draws.`
  if (isTooSmall(power))
    return `On ${name} this study is too small to tell: of ${blind} of ${counted(variants, 'variant')} it may miss a map of which nothing survives. Take more images or draws.`
  return `On ${name} four of five studies of this size find that a variant depends if e is at most ${figure(finds)} (the middle one of ${counted(variants, 'variant')}).`
}
