import type { ExplainContext, OptionValues, Value } from '@saliency/core'
import { observeActivations, type ActivationBias } from './activation-biases.ts'
import { biasesOf } from './biases.ts'
import type { fullgradOptions } from './options.ts'
import { term, valueOf, type Term } from './term.ts'

/** What {@link contributions} needs of the context. */
export type FullgradContext = Pick<ExplainContext<typeof fullgradOptions>, 'model' | 'ops' | 'backward'> & {
  readonly options: Pick<OptionValues<typeof fullgradOptions>, 'gradient' | 'bias'>
}

/** The terms of {@link contributions}, each as a signal and, where there is one, its factor per channel. */
export function terms({ model, ops, backward, options }: FullgradContext): readonly Term[] {
  const activations: ActivationBias[] = []
  const signals = backward({ rules: observeActivations(activations) })
  const gradient = (value: Value) =>
    options.gradient === 'positive' ? ops.relu(signals.at(value)) : signals.at(value)
  const image = { signal: ops.mul(gradient(model.image), model.image) }
  const biases = biasesOf(model, ops)
  if (!options.bias) return [image, ...biases.map(({ output }) => ({ signal: gradient(output) }))]
  return [
    image,
    ...biases.map(({ output, bias }) => term(ops, gradient(output), bias)),
    ...activations.map(({ output, contribution }) => ({ signal: contribution(gradient(output)) })),
  ]
}

/**
 * The terms of f(x) = ⟨∂f/∂x, x⟩ + Σ ⟨∂f/∂z, b⟩ (Srinivas & Fleuret 2019, proposition 1), the image's first. With the
 * default options their elements sum to the logit; those of dense layers are `[n, k]` and have no place in a map.
 */
export function contributions(context: FullgradContext): readonly Value[] {
  return terms(context).map((each) => valueOf(context.ops, each))
}
