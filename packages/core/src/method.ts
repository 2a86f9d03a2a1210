import type { BackwardRequest, Signals } from './backward/site.ts'
import type { OpName } from './graph/operators.ts'
import type { Ops } from './graph/ops.ts'
import type { Value } from './graph/value.ts'
import type { Model } from './model.ts'
import type { OptionSpecs, Options, OptionValues } from './options.ts'
import type { Random } from './random.ts'

/** What a variant does with the sign of the gradient or relevance it aggregates or propagates. */
export type Handling = 'signed' | 'positive' | 'negative' | 'absolute'

/** A named preset of a method's options. */
export interface VariantSpec<S extends OptionSpecs = OptionSpecs> {
  /** One sentence: what it computes, and whose convention it is. */
  readonly description: string
  readonly handling: Handling
  /** The variant that differs in nothing but the handling: `'gradient'`, or `'method/variant'` of another plugin. */
  readonly counterpart?: string
  /** An option besides the handling in which the counterpart differs all the same, and why. */
  readonly differs?: string
  /** `control` variants are shown beside the study; their expected outcome is part of the verdict. */
  readonly role?: 'variant' | 'control'
  readonly expected?: 'depends' | 'does not depend' | 'static'
  readonly options: Partial<OptionValues<S>>
  /** Overrides of the method's traits. */
  readonly traits?: Partial<Traits>
}

/** Promises of a method that the testing kit checks. */
export interface Traits {
  /** `input`: `[n, c, h, w]` of the image; `layer`: `[n, 1, h', w']` of a target layer. */
  readonly resolution: 'input' | 'layer'
  /** The map sums to the start of the walk (relevance is conserved). */
  readonly conserves?: boolean
  /** The map of −y is the negative of the map of y. */
  readonly odd?: boolean
  /** The map never has a negative value. */
  readonly nonnegative?: boolean
  /** The map is the same for every class: no gradient, and no relevance, is in it. */
  readonly classBlind?: boolean
  /** Values are divided by totals that may be near zero: a batch of another size rounds them otherwise, up to 1e-3 of the largest. */
  readonly dividesTotals?: boolean
  /** `logit`: relevance starts from the logit's value instead of 1; shown, never judged on the class axis. */
  readonly start?: 'one-hot' | 'logit'
}

/** What every method says of itself. */
export interface MethodBase<S extends OptionSpecs = OptionSpecs> {
  readonly contract: 1
  /** The package's suffix, for instance `guided`. */
  readonly id: string
  readonly title: string
  /** Paper, section and equation. */
  readonly references: readonly string[]
  readonly options: S
  readonly variants: Readonly<Record<string, VariantSpec<S>>>
  readonly traits: Traits
  /** What options make of the traits, whatever the variant says; for options that change what a map promises. */
  traitsOf?(options: OptionValues<S>): Partial<Traits>
  /**
   * Why the method cannot explain a model whatever its options, as the end of a sentence ('it has no attention'); for methods
   * of one kind of network. `all` is every method without a reason against the model.
   */
  whyNot?(model: Model): string | undefined
}

/** What a graph method is given. */
export interface ExplainContext<S extends OptionSpecs = OptionSpecs> {
  readonly model: Model
  /** `[n, k]`; of two classes that share one logit, that logit `[n, 1]`. */
  readonly logits: Value
  /** In the shape of `logits`: one-hot class, or any direction in logit space; ±1 for the two classes of one logit. */
  readonly direction: Value
  readonly ops: Ops
  readonly options: OptionValues<S>
  /** Walks the graph backwards with rules. */
  backward(request?: BackwardRequest): Signals
  /** Standard normal noise, one number a pixel, `[n, 1, h, w]`, filled by the runner from a keyed stream. */
  noise(): Value
}

/** What became of the relevance at one operator; each value is a sum over everything but the batch, `[n]`. */
export interface LedgerEntry {
  /** The layer the operator belongs to. */
  readonly layer?: string
  readonly operator: OpName
  /** How it was handed down: a rule's name, or what the operator does without one. */
  readonly rule: string
  /** What arrived at the operator's output. */
  readonly arriving: Value
  /** What its inputs received. */
  readonly leaving: Value
  /** What the bias, or another constant that is no signal, kept as its part. */
  readonly bias: Value
  /** The parameters that kept it: a bias, a position embedding, a class token. */
  readonly constants?: readonly string[]
  /** What arrived where a denominator is zero, so that no input accounts for it. What else is missing, the rule took. */
  readonly zero: Value
}

/** A method whose map is part of the graph. */
export interface GraphMethod<S extends OptionSpecs = OptionSpecs> extends MethodBase<S> {
  readonly kind: 'graph'
  /** The map: `[n, c, h, w]` at input resolution, or `[n, 1, h', w']` at layer resolution. */
  explain(context: ExplainContext<S>): Value
  /** Accounts for the relevance at every operator, from the logits down; for methods that propagate relevance. */
  ledger?(context: ExplainContext<S>): readonly LedgerEntry[]
}

/** One evaluation of the wrapped variant on a changed image. */
export interface Sample {
  /** `[c, h, w]` */
  readonly input: Float32Array
  /** Factor of the result in the running sum; default 1. */
  readonly weight?: number
  /** Where the image was changed; for methods that spread one number over a region. */
  readonly region?: Readonly<{ top: number; left: number; height: number; width: number }>
}

/** What a sampling method is given for one image. */
export interface SamplingContext<S extends OptionSpecs = OptionSpecs> {
  /** `[c, h, w]`, preprocessed. */
  readonly image: Float32Array
  readonly shape: readonly [c: number, h: number, w: number]
  readonly options: OptionValues<S>
  readonly random: Random
}

/** A method that averages another variant's maps, or predictions, over changed images. */
export interface SamplingMethod<S extends OptionSpecs = OptionSpecs> extends MethodBase<S> {
  readonly kind: 'sampling'
  /** The variant to evaluate (`'guided/gradient'`), or `'predict'` for the logit in the explained direction alone. */
  of(options: OptionValues<S>): string
  samples(context: SamplingContext<S>): Iterable<Sample>
  /** Adds one result to `sum [c, h, w]`; `result` is the map `[c, h, w]`, or one number `[1]` for `'predict'`. Default: `sum += weight · result`. */
  fold?(sum: Float32Array, result: Float32Array, sample: Sample, context: SamplingContext<S>): void
  /** Turns the sum into the map, in place. */
  finish?(sum: Float32Array, context: SamplingContext<S>): void
}

/** A method that combines the maps of other variants. */
export interface CompositionMethod<S extends OptionSpecs = OptionSpecs> extends MethodBase<S> {
  readonly kind: 'composition'
  /** The parts by name; a missing one makes the variant unavailable. */
  of(options: OptionValues<S>): readonly string[]
  /** `parts` come in the order of `of`. */
  combine(context: ExplainContext<S>, parts: readonly Value[]): Value
}

/** A saliency method as a plugin. */
export type Method<S extends OptionSpecs = OptionSpecs> =
  | GraphMethod<S>
  | SamplingMethod<S>
  | CompositionMethod<S>

/** One variant with its options resolved. */
export interface ResolvedVariant {
  readonly method: Method
  readonly variant: string
  /** `method/variant` */
  readonly id: string
  readonly handling: Handling
  /** `method/variant` of the counterpart. */
  readonly counterpart?: string
  readonly traits: Traits
  readonly options: Options
}
