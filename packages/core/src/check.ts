import type { Model } from './model.ts'
import type { OptionSpecs, OptionValues } from './options.ts'
import type { Random } from './random.ts'
import type { WeightState } from './weights/state.ts'

/** Which class a condition explains; ranks are those of the original model's prediction on the original input. */
export type TargetPolicy =
  /** The `rank`-th most likely class: 0 the predicted one, 1 the runner-up, −1 the least likely. */
  | { readonly policy: 'rank'; readonly rank: number }
  /** A class drawn uniformly from the others, keyed by image and draw. */
  | { readonly policy: 'uniform'; readonly draw: number }
  /** The image's first label, or the label at `index` of several; the first where the image has fewer. */
  | { readonly policy: 'label'; readonly index?: number }
  | { readonly policy: 'class'; readonly index: number }
  /** The prediction of the condition's own weights and input. */
  | { readonly policy: 'argmax' }

/** How the input of a condition differs from the image. */
export type InputState =
  | { readonly kind: 'original' }
  /** Normal noise of `level` times the image's range (max − min), keyed by image and draw. */
  | { readonly kind: 'noise'; readonly level: number; readonly draw: number }
  /** Uniform noise within ± `radius` (in preprocessed units), keyed by image and draw. */
  | { readonly kind: 'uniform'; readonly radius: number; readonly draw: number }
  /** A constant added to every pixel (preprocessed units). */
  | { readonly kind: 'shift'; readonly amount: number }
  /**
   * `size`×`size` images of the same group tiled into one, each scaled down: the image in cell `cell`, the ones that follow
   * it, cyclically, in the other cells in order.
   */
  | { readonly kind: 'grid'; readonly size: number; readonly cell: number }

/** Relevance that starts as noise at a layer instead of at the class explained (Sixt et al. 2020, section 4). */
export interface RandomRelevance {
  /** The layer at whose output it starts: standard normal, keyed by image, layer and draw. */
  readonly from: string
  /** Independent starts, at least two; every pair of them is compared. */
  readonly draws: number
}

/** What is explained: weights, target, input, and the direction in logit space. A condition is JSON. Conditions with equal content, from any check, share one computation. */
export interface Condition {
  /** Unique within the check. */
  readonly id: string
  /** What the check says of this condition in its rows, such as step, block and draw; changes no map. */
  readonly protocol?: Row['protocol']
  readonly weights: WeightState
  readonly target: TargetPolicy
  readonly input: InputState
  /** What is explained of the class c, in logit space: e_c (`one-hot`, default), or e_c − 1/K (`centred`). */
  readonly direction?: 'one-hot' | 'centred'
  /** `one-channel` (default): signed sum over channels; `full`: as the method returns it. */
  readonly map?: 'one-channel' | 'full'
  /** Starts the variant's propagation elsewhere: instead of a map, `maps` then gives {@link GroupMaps.convergence}. */
  readonly relevance?: RandomRelevance
}

/** One image as checks see it. */
export interface CheckImage {
  readonly id: string
  readonly label?: number
  readonly labels?: readonly number[]
  /** `[c, h, w]`, preprocessed. */
  readonly input: Float32Array
  /** One `[h, w]` mask per label, 1 inside the object. */
  readonly masks?: readonly Uint8Array[]
}

/**
 * A fixed group of images in dataset order; pairs of different images lie inside one. An image that cannot be read keeps
 * its place, in which another one of the group stands; the runner then makes every row undefined whose `image` or `other`
 * it is. So a row may use no images but these two, unless its `image` names none of them and it speaks of the whole group.
 */
export interface ImageGroup {
  readonly index: number
  readonly images: readonly CheckImage[]
  /** `[c, h, w]` of every image. */
  readonly shape: readonly [c: number, h: number, w: number]
}

/** How alike the signals of several random starts are at one layer below the start. */
export interface LayerConvergence {
  /** The layer's name, or `image`. */
  readonly layer: string
  /** How many channels a signal's vector has at each place: with one, every cosine is 1. */
  readonly channels: number
  /**
   * |cos| in [0, 1] between two starts' channel vectors at a place, −1 where one of them is zero: `[n, pairs, h, w]`. Of
   * large signals every third, fifth … place, so that h and w are at most 64.
   */
  readonly cosines: Float32Array
  readonly shape: readonly [n: number, pairs: number, h: number, w: number]
}

/** What becomes of random relevance under one variant: layer by layer down to the image, or why the question is none. */
export type Convergence =
  | { readonly layers: readonly LayerConvergence[] }
  | { readonly notApplicable: string }

/** Root mean square of the activations at the end of each of a model's blocks. */
export interface ActivationScales {
  /** In execution order. */
  readonly blocks: readonly string[]
  /** `[n, blocks]` */
  readonly scales: Float32Array
}

/** The maps of one group under one condition: `[n, c, h, w]`, one image after the other. */
export interface GroupMaps {
  /** Empty under a condition with `relevance`. */
  readonly data: Float32Array
  readonly shape: readonly [n: number, c: number, h: number, w: number]
  /** The class explained for each image. */
  readonly targets: readonly number[]
  /** The model's own output under this condition, `[n, k]`: every plan returns it, so it costs nothing. */
  readonly logits?: Float32Array
  /** How large the activations are; absent for full maps and random starts. */
  readonly activations?: ActivationScales
  /** Under a condition with `relevance`, and only there. */
  readonly convergence?: Convergence
}

/** `undefined` values are counted and shown, never dropped. */
export type RowStatus = 'ok' | 'undefined' | 'failed'

/** One number, and everything that changed it. */
export interface Row {
  readonly metric: string
  /** `method/variant` */
  readonly variant: string
  /** The check's own name for what was compared, for instance `cascade:03:layer2.1`. */
  readonly condition: string
  readonly image: string
  /** The other image of a matched-condition pair (chance level). */
  readonly other?: string
  readonly value: number | null
  readonly status: RowStatus
  /** Why a value is undefined or failed. */
  readonly note?: string
  /** What changes this number: target policy, draw, initialiser, similarity, reduction … */
  readonly protocol: Readonly<Record<string, string | number | boolean>>
}

/** Runs the model: `inputs [n, c, h, w]` → logits `[n, k]`; the original weights unless told otherwise. */
export type Predict = (
  inputs: Float32Array,
  weights?: WeightState,
) => Promise<{ logits: Float32Array; classes: number }>

/** What `score` is given: one variant, one group of images. */
export interface ScoreContext<S extends OptionSpecs = OptionSpecs> {
  readonly variant: string
  readonly group: ImageGroup
  /** Those of one weight state, and those of the original weights beside them: `score` is called once a state. */
  readonly conditions: readonly Condition[]
  readonly options: OptionValues<S>
  readonly rng: (...key: readonly (string | number)[]) => Random
  /** The maps of this variant on this group; computed once for all checks. */
  maps(condition: Condition): Promise<GroupMaps>
  predict: Predict
}

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

/** A fact about a study's variants that summaries need: handling, counterpart, traits. */
export interface VariantFacts {
  readonly id: string
  readonly handling: string
  readonly counterpart?: string
  /** What the variant's walk starts from: 1 at the class, or the value of its logit. */
  readonly start: 'one-hot' | 'logit'
  readonly control: boolean
}

/** A sanity check as a plugin. */
export interface Check<S extends OptionSpecs = OptionSpecs> {
  readonly contract: 1
  readonly id: string
  readonly title: string
  /** What the check changes, as in "do the maps change with …?"; the title where a check changes nothing. */
  readonly changes?: string
  readonly references: readonly string[]
  readonly options: S
  /** Pure: everything the check needs, before any model runs. */
  conditions(context: { model: Model; images: number; options: OptionValues<S> }): readonly Condition[]
  /** One variant, one group. Deterministic in its arguments; `maps` and `predict` are its only effects. */
  score(context: ScoreContext<S>): Promise<readonly Row[]>
  /** Pure, over all rows of the check; recomputable from stored rows alone. */
  summarise(
    rows: readonly Row[],
    context: { options: OptionValues<S>; variants: readonly VariantFacts[] },
  ): Summary
}
