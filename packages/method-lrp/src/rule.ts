import type { LinearSite, Ops, Value } from '@saliency/core'

/**
 * How a rule changes an input, a weight or a bias. `boost` is x + by · x⁺ (or x⁻), as the gamma rule needs;
 * `above-low` and `below-high` are x less the lowest or highest value that a pixel can take, per channel. A function
 * returns any other expression of `x`, in its shape.
 */
export type Modifier =
  | 'keep'
  | 'zero'
  | 'ones'
  | 'square'
  | 'positive'
  | 'negative'
  | 'above-low'
  | 'below-high'
  | { readonly boost: 'positive' | 'negative'; readonly by: number }
  | ((x: Value, ops: Ops) => Value)

/** One product of changed inputs and weights, z′ = x′w′ + b′, summed in its share's denominator. */
export interface Part {
  readonly input: Modifier
  readonly weight: Modifier
  readonly bias: Modifier
}

/**
 * Relevance handed down by one fraction: factor · Σ_parts x′ᵢw′ᵢⱼ / Σ_parts z′ⱼ · Rⱼ. `only` limits it to outputs whose
 * own value has that sign.
 */
export interface Share {
  readonly factor: number
  readonly parts: readonly Part[]
  readonly only?: 'positive' | 'negative'
}

/**
 * A propagation rule as plain data, as Zennit has them (Anders et al. 2021, arXiv:2106.13200): modifiers of inputs, weights
 * and biases, and the sum of the fractions made from them. Every rule is written for inputs of any sign; after a ReLU the
 * graph drops what vanishes.
 */
export interface LrpRule {
  readonly name: string
  readonly shares: readonly Share[]
  /** ε of the denominators z + ε · sign(z); 0 divides by z alone and drops what arrives where z = 0. */
  readonly stabilizer: number
}

/** A rule that is no sum of fractions: it hands relevance down by itself. */
export interface OwnRule {
  readonly name: string
  /** Returns one value for each of `site.inputs`, in its shape, from the relevance `site.signal` at the output. */
  propagate(site: LinearSite): readonly Value[]
}

/**
 * Relevance unchanged, or the ordinary gradient. At a product of two signals: `gate`, all to the signal and none to its gate;
 * `half` to each; `gate-or-half`, where none is a gate. At a softmax: `taylor`, its Taylor decomposition. Where
 * a norm subtracts the mean: `centre`, x − mean as one linear operator.
 */
export const plainRules = ['pass', 'gradient', 'gate', 'half', 'gate-or-half', 'taylor', 'centre'] as const
/** A rule that is no fraction of weights. */
export type PlainRule = (typeof plainRules)[number]

/** Whatever can stand at an operator. */
export type Rule = LrpRule | OwnRule | PlainRule
