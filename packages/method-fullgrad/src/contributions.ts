import type { ExplainContext, Ops, OptionValues, Value } from '@saliency/core'
import { type Bias, observeBiases } from './biases.ts'
import type { fullgradOptions } from './options.ts'

/** What {@link contributions} needs of the context. */
export type FullgradContext = Pick<ExplainContext<typeof fullgradOptions>, 'model' | 'ops' | 'backward'> & {
  readonly options: Pick<OptionValues<typeof fullgradOptions>, 'gradient' | 'bias'>
}

/** Which gradients enter. */
const enter: Readonly<Record<FullgradContext['options']['gradient'], (ops: Ops, g: Value) => Value>> = {
  signed: (_, g) => g,
  positive: (ops, g) => ops.relu(g),
}

/** A term of the sum, and the value at which it stands. */
export interface Term {
  readonly value: Value
  readonly at: Value
}

/**
 * The terms of f(x) = ⟨∂f/∂x, x⟩ + Σ ⟨∂f/∂z, b⟩ (Srinivas & Fleuret 2019, proposition 1), the image's first. With the
 * default options their elements sum to the logit; those of dense layers are `[n, k]` and have no place in a map.
 */
export function contributions({ model, ops, backward, options }: FullgradContext): readonly Term[] {
  const biases: Bias[] = []
  const signals = backward({ rules: observeBiases(biases) })
  const gradient = (value: Value) => enter[options.gradient](ops, signals.at(value))
  const image = { value: ops.mul(gradient(model.image), model.image), at: model.image }
  const layers = biases.toReversed()
  if (options.bias)
    return [image, ...layers.map(({ output: at, times }) => ({ value: times(gradient(at)), at }))]
  const constant = layers.filter((bias) => bias.constant)
  return [image, ...constant.map(({ output: at }) => ({ value: gradient(at), at }))]
}
