/** A mean with its 95 % interval; without one where the rows cannot tell how far it could be off. */
export interface Estimated {
  readonly value: number
  readonly interval?: readonly [low: number, high: number]
}

interface FindingBase {
  readonly variant: string
  readonly metric: string
  readonly value: number | null
  readonly interval?: readonly [low: number, high: number]
  readonly images: number
  readonly undefinedCount: number
  /** What limits it, a sentence or a few words each. */
  readonly notes?: readonly string[]
  /** Everything else worth showing, flat. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>
}

/** A number that is shown; `outcome` says it in words where the check has some. */
export interface Measurement extends FindingBase {
  readonly kind?: undefined
  readonly outcome?: string
}

/** What can be said of one variant when one thing is changed. */
export type Outcome =
  | 'undefined'
  | 'static'
  | 'does not depend'
  | 'depends'
  | 'changes by sign only'
  | 'undecided'
  | 'not applicable'

/** A verdict; its value is e = (s − c)/(1 − c). */
export interface Verdict extends FindingBase {
  readonly kind: 'verdict'
  /** Absent where the variant is shown and not judged. */
  readonly outcome?: Outcome
  /** The outcome at each threshold, the judging one included; empty where nothing is judged. */
  readonly thresholds: readonly { readonly threshold: number; readonly outcome: Outcome }[]
  /** True if another of the thresholds gives another outcome. */
  readonly changes: boolean
  /** What this study can find: the largest e of a variant that four of five studies of its size say depends. */
  readonly finds?: number
  /** The similarity that s and c are of. */
  readonly similarity: string
  /** s: the same image under both conditions. */
  readonly same?: Estimated
  /** c: different images. */
  readonly chance?: Estimated
  readonly draws: number
  /** Steps that no mean counts, because no pair is defined there. */
  readonly emptySteps: number
}

/** A variant beside its counterpart on the same images; its value is D(variant) / D(counterpart). */
export interface Contrast extends FindingBase {
  readonly kind: 'contrast'
  /** Where D(counterpart) is too small for a ratio. */
  readonly outcome?: 'not comparable'
  readonly counterpart: string
  /** D of both, in [0, 1]; null where no pair is defined. */
  readonly dependence: number | null
  readonly counterpartDependence: number | null
  /** Absent where nothing is tested. */
  readonly p?: number
  /** p after Holm's correction over `pairs` contrasts. */
  readonly pHolm?: number
  readonly pairs?: number
}

/** What a check says of one variant. */
export type Finding = Measurement | Verdict | Contrast

/** A curve to plot: one variant's metric along the steps of a condition. */
export interface Curve {
  readonly variant: string
  readonly metric: string
  readonly points: readonly {
    readonly x: number
    readonly label: string
    readonly y: number | null
    readonly low?: number
    readonly high?: number
  }[]
}

/** One line of a figure. */
export interface FigureLine {
  /** The panel it is drawn in, for instance a variant; all in one where no line names any. */
  readonly panel?: string
  /** What it is of, for the legend: lines of one name have one colour. */
  readonly name: string
  /** Dashed and grey: what the others are compared with, for instance chance. */
  readonly isReference?: boolean
  readonly points: Curve['points']
}

/** A figure as data; a report draws it. */
export type Figure = {
  readonly title: string
  readonly caption: string
} & (
  | {
      readonly kind: 'curve'
      /** What the horizontal axis counts. */
      readonly x: string
      readonly scale?: 'linear' | 'log'
      readonly lines: readonly FigureLine[]
    }
  | {
      readonly kind: 'forest'
      /** Where a dashed line stands, for instance 1 for ratios. */
      readonly reference?: number
      readonly points: readonly (Estimated & { readonly label: string; readonly name: string })[]
    }
  | {
      readonly kind: 'matrix'
      readonly rows: readonly string[]
      readonly columns: readonly string[]
      /** A row of values each; null is left empty. */
      readonly values: readonly (readonly (number | null)[])[]
    }
)

/** What a check makes of all its rows. */
export interface Summary {
  readonly findings: readonly Finding[]
  readonly curves?: readonly Curve[]
  /** What a report draws of this check, in this order. */
  readonly figures?: readonly Figure[]
  /** Sentences for the reader: what was counted, left out, or replaced. */
  readonly notes?: readonly string[]
}
