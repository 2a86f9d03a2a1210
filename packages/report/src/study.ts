import type { Options, Summary, VariantFacts } from '@saliency/core'

/** A variant of a study: its facts, what it computes, and where it is from. */
export interface VariantRecord extends VariantFacts {
  /** The id of its method, and the method's name. */
  readonly method: string
  readonly title: string
  /** What it computes, in a sentence. */
  readonly description: string
  readonly references: readonly string[]
  readonly options: Options
  /** The verdict that a control must have. */
  readonly expected?: string
  readonly package: string
  readonly version: string
}

/** A check of a study as it was run. */
export interface CheckRecord {
  readonly title: string
  readonly options: Options
  readonly package: string
  readonly version: string
}

/** A part of a study that has no result, and why. */
export interface Missing {
  /** A variant's or an image's. */
  readonly id: string
  readonly reason: string
}

/** What was studied, and how: everything that changes a number, and what the page says beside it. */
export interface StudyRecord {
  /** Names the run: a hash of everything that changes a number. */
  readonly run: string
  /** When it was made: ISO 8601. */
  readonly created: string
  readonly identity: {
    readonly model: { readonly name: string; readonly sha256: string }
    /** The fields of `preprocess.json`. */
    readonly preprocess: unknown
    readonly images: { readonly name: string; readonly count: number }
    readonly variants: readonly VariantRecord[]
    readonly checks: readonly CheckRecord[]
    readonly seed: number
    /** What is explained instead of the predicted class. */
    readonly target?: { readonly name: string }
    readonly engine: { readonly id: string; readonly version: string }
    /** Images in one batch. */
    readonly batchSize: number
    /** Variants in one session of the engine. */
    readonly perSession: number
    /** Versions of packages, by name; `runner` and `core` are cited. */
    readonly versions: Readonly<Record<string, string>>
  }
  /** Images in the order of the data set. */
  readonly images: readonly { readonly id: string; readonly label?: number }[]
  /** Variants that the model cannot be explained with. */
  readonly unavailable: readonly Missing[]
  /** Images that could not be read. */
  readonly skipped: readonly Missing[]
  /** Methods that were left out, because they evaluate many images for one map. */
  readonly leftOut?: readonly string[]
  /** What the model's structure says of the maps. */
  readonly selfChecks?: readonly {
    readonly checked: string
    readonly result: string
    readonly detail: string
  }[]
  /** What was assumed about the images, in sentences. */
  readonly notices?: readonly string[]
  /** The engine and the machine, in words. */
  readonly engine: string
  readonly machine: string
  readonly preset?: string
}

/** What a judged study says of its images. */
export interface JudgedImages {
  /** Images with rows, by id. */
  readonly seen: ReadonlySet<string>
  /** Mean similarity of each image's maps before and after the change that the first verdicts are about. */
  readonly similarity: ReadonlyMap<string, number>
}

/** What a check made of its rows. */
export interface CheckSummary extends Summary {
  readonly id: string
  readonly title: string
  /** What the check changes, as in "do the maps change with …?". */
  readonly changes?: string
  /** Metrics of faithfulness, and which end is better. */
  readonly better?: Readonly<Record<string, 'higher' | 'lower'>>
}

/** What all checks made of a study's rows. */
export interface StudySummary {
  readonly checks: readonly CheckSummary[]
  /** Scores that failed, counted by reason. */
  readonly failures: readonly {
    readonly variant: string
    readonly check: string
    readonly note: string
    readonly count: number
  }[]
  /** The number of all rows. */
  readonly rows: number
  /** How often the model is right on images whose class is known. */
  readonly accuracy?: { readonly right: number; readonly labelled: number }
}

/** What went wrong in a run. */
export interface StudyFailures {
  readonly units: readonly { readonly unit: string; readonly reason: string }[]
  readonly images: readonly Missing[]
}
