import type { ExplainContext, OptionValues, Value } from '@saliency/core'
import { observeActivations, type ActivationBias } from './activation-biases.ts'
import { biasesOf } from './biases.ts'
import type { fullgradOptions } from './options.ts'
import { term, valueOf, type Term } from './term.ts'

/** What {@link contributions} needs of the context. */
export type FullgradContext = Pick<ExplainContext<typeof fullgradOptions>, 'model' | 'ops' | 'backward'> & {
  readonly options: Pick<OptionValues<typeof fullgradOptions>, 'gradient' | 'bias'>
}

/**
 * The terms of {@link contributions}. One with a bias still stands for every handling of gradient and bias, so that
 * variants share it; one without is final.
 */
export function terms({ model, ops, backward, options }: FullgradContext): readonly Term[] {
  const activations: ActivationBias[] = []
  const signals = backward({ rules: observeActivations(activations) })
  const gradient = (value: Value) =>
    options.gradient === 'positive' ? ops.relu(signals.at(value)) : signals.at(value)
  const image = { signal: ops.mul(gradient(model.image), model.image) }
  const biases = biasesOf(model, ops).map(({ output, bias }) => {
    const whole = () => (options.bias ? ops.mul(gradient(output), bias) : gradient(output))
    return term(ops, signals.at(output), bias) ?? { signal: whole() }
  })
  if (!options.bias) return [image, ...biases]
  return [
    image,
    ...biases,
    ...activations.map(({ output, contribution }) => ({ signal: contribution(gradient(output)) })),
  ]
}

/**
 * The terms of f(x) = ⟨∂f/∂x, x⟩ + Σ ⟨∂f/∂z, b⟩ (Srinivas & Fleuret 2019, proposition 1), the image's first. With the
 * default options their elements sum to the logit; those of dense layers are `[n, k]` and have no place in a map.
 */
export function contributions(context: FullgradContext): readonly Value[] {
  return terms(context).map((each) => valueOf(context.ops, each, context.options))
}
