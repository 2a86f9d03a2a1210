import type { Condition } from './condition.ts'
import type { Model } from './model.ts'
import type { OptionSpecs, OptionValues } from './options.ts'
import type { Random } from './random.ts'
import type { DrawnScene } from './scene/scene.ts'
import type { Row } from './row.ts'
import type { Summary } from './summary.ts'
import type { WeightState } from './weights/state.ts'

/** One image as checks see it. */
export interface CheckImage {
  readonly id: string
  readonly label?: number
  readonly labels?: readonly number[]
  /** `[c, h, w]`, preprocessed. */
  readonly input: Float32Array
  /** One `[h, w]` mask per label, 1 inside the object. */
  readonly masks?: readonly Uint8Array[]
  /** How the image was drawn, where it is a drawing that can be repeated without some of its parts. */
  readonly scene?: DrawnScene
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
  /** The class explained for each image; −1 where that is no class alone. */
  readonly targets: readonly number[]
  /** The model's own output under this condition, `[n, k]`: every plan returns it, so it costs nothing. */
  readonly logits?: Float32Array
  /** How large the activations are; absent for full maps and random starts. */
  readonly activations?: ActivationScales
  /** Under a condition with `relevance`, and only there. */
  readonly convergence?: Convergence
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

/** A fact about a study's variants that summaries need: handling, counterpart, traits. */
export interface VariantFacts {
  readonly id: string
  readonly handling: string
  readonly counterpart?: string
  /** What the variant's walk starts from: 1 at the class, or the value of its logit. */
  readonly start: 'one-hot' | 'logit'
  readonly control: boolean
}

/** What a summary is given beside rows. */
export interface SummaryContext<S extends OptionSpecs = OptionSpecs> {
  readonly options: OptionValues<S>
  readonly variants: readonly VariantFacts[]
}

/** Takes a check's rows variant by variant, so that those of one are in memory at a time, and several can be measured at once. */
export interface Summariser<Measured = unknown> {
  /**
   * What the rows of one variant come to. Pure, and plain data, because another thread may find it.
   * @param rows all of the variant, sorted by key
   */
  measure(variant: string, rows: readonly Row[]): Measured
  /** Takes what was measured. Variants come in the study's order, and those that it does not list last. */
  add(variant: string, measured: Measured): void
  /** What the check makes of everything that was added. */
  finish(): Summary
}

/** A sanity check as a plugin. */
export interface Check<S extends OptionSpecs = OptionSpecs> {
  readonly contract: 1
  readonly id: string
  readonly title: string
  /** What the check changes, as in "do the maps change with …?"; the title where a check changes nothing. */
  readonly changes?: string
  readonly references: readonly string[]
  /**
   * `directions` where the check compares maps alone, so that one class against another can be explained too; the targets that
   * it is given are then −1. By default a check needs a class for each image.
   */
  readonly explains?: 'classes' | 'directions'
  /** Metrics of faithfulness, and which end is better: a report ranks variants by them. */
  readonly better?: Readonly<Record<string, 'higher' | 'lower'>>
  readonly options: S
  /** Pure: everything the check needs, before any model runs. */
  conditions(context: { model: Model; images: number; options: OptionValues<S> }): readonly Condition[]
  /** One variant, one group. Deterministic in its arguments; `maps` and `predict` are its only effects. */
  score(context: ScoreContext<S>): Promise<readonly Row[]>
  /** Pure, over all rows of the check; recomputable from stored rows alone. */
  summarise(rows: readonly Row[], context: SummaryContext<S>): Summary
  /**
   * The same summary from rows that come variant by variant: for checks with so many that they do not fit into memory
   * together. Where there is none, {@link Check.summarise} gets all rows at once.
   */
  summariser?(context: SummaryContext<S>): Summariser
}
