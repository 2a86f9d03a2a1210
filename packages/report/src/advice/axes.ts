import type { Finding } from '@saliency/core'
import type { CheckSummary, StudySummary } from '../study.ts'

/** Axes by the names that people use, and the check that judges each. */
export const axes: Readonly<Record<string, string>> = {
  class: 'class-sensitivity',
  parameters: 'parameter-randomization',
  data: 'data-randomization',
  sign: 'polarity',
  truth: 'grafted-truth',
  parts: 'part-protocols',
}

/** What a check says of one variant. */
export interface AxisVerdict {
  /** The axis, or the check's id where it has no shorter name. */
  readonly axis: string
  readonly check: string
  readonly outcome: string
  /** e of a verdict: 0 where nothing is left of what is specific to an image, 1 where all is; another check's own value. */
  readonly value: number | null
  readonly interval?: readonly [low: number, high: number]
  readonly images: number
  readonly notes: readonly string[]
}

/** The axis that a check judges, or the check's id. */
export function axisOf(check: string): string {
  return Object.keys(axes).find((axis) => axes[axis] === check) ?? check
}

/** The finding that says the verdict: of a check that only measures, the first one with an outcome. */
function judging({ findings }: CheckSummary, variant: string): Finding | undefined {
  const own = findings.filter((finding) => finding.variant === variant && finding.outcome !== undefined)
  return own.find(({ kind }) => kind === 'verdict') ?? own.find(({ kind }) => kind === undefined)
}

/** Every verdict on one variant, in the order of the study's checks. */
export function verdictsOn(variant: string, { checks }: StudySummary): AxisVerdict[] {
  return checks.flatMap((check) => {
    const finding = judging(check, variant)
    if (finding?.outcome === undefined) return []
    const { outcome, value, interval, images, notes = [] } = finding
    const found = { axis: axisOf(check.id), check: check.id, outcome, value, images, notes }
    return [{ ...found, ...(interval && { interval }) }]
  })
}

const good = ['depends', 'the sign holds', 'finds the grafted truth', 'finds the parts']
const bad = [
  'does not depend',
  'static',
  'the sign does not hold',
  'the sign is reversed',
  'finds it for any class',
  'misses the grafted truth',
  'ranks the parts otherwise',
  'confuses the objects',
]

/** What an outcome says of a map: for it, against it, or neither. */
export function toneOf(outcome: string): 'good' | 'bad' | 'open' {
  return good.includes(outcome) ? 'good' : bad.includes(outcome) ? 'bad' : 'open'
}
