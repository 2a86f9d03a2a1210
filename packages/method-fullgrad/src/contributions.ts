import type { ExplainContext, Ops, OptionValues, Value } from '@saliency/core'
import { observeActivations, type ActivationBias } from './activation-biases.ts'
import { observeBiases, type Bias } from './biases.ts'
import type { fullgradOptions } from './options.ts'

/** What {@link contributions} needs of the context. */
export type FullgradContext = Pick<ExplainContext<typeof fullgradOptions>, 'model' | 'ops' | 'backward'> & {
  readonly options: Pick<OptionValues<typeof fullgradOptions>, 'gradient' | 'bias'>
}

/**
 * One contribution. With a bias, one number per channel, it is v = b · g of the gradient g = scale · signal, and options are
 * still to be applied; without one the signal is v itself.
 */
export interface Term {
  /** `[n, c, h, w]`, or `[n, k]` behind a dense layer. */
  readonly signal: Value
  /** `[c, 1, 1]`; default 1. */
  readonly scale?: Value
  /** `[c, 1, 1]` */
  readonly bias?: Value
}

/** Splits a gradient times a bias into a signal and numbers per channel, where it is such a product. */
function split(gradient: Value, bias: Value): Term | undefined {
  const [, channels] = gradient.shape
  const isPerChannel = ({ shape }: Value) => shape.join() === [channels, 1, 1].join()
  if (gradient.shape.length !== 4 || !isPerChannel(bias)) return undefined
  // In front of a batch norm the gradient is the one behind it times the norm's scale: both layers then read one signal.
  const [signal, scale] = gradient.node.op === 'Mul' ? gradient.node.inputs : []
  const isScaled = signal && scale && isPerChannel(scale) && signal.shape.join() === gradient.shape.join()
  return isScaled ? { signal, scale, bias } : { signal: gradient, bias }
}

/** g · b of the gradients that enter. */
function product(ops: Ops, g: Value, b: Value, { gradient, bias }: FullgradContext['options']): Value {
  const entering = gradient === 'positive' ? ops.relu(g) : g
  return bias ? ops.mul(entering, b) : entering
}

/** The terms of {@link contributions}: the image's, those of layers in the order of execution, those of activations. */
export function termsOf({ model, ops, backward, options }: FullgradContext): readonly Term[] {
  const biases: Bias[] = []
  const activations: ActivationBias[] = []
  const signals = backward({ rules: { ...observeBiases(biases), ...observeActivations(activations) } })
  const all = { ...options, bias: true }
  const image = { signal: product(ops, signals.at(model.image), model.image, all) }
  const layers = biases.toReversed().map(({ output, bias }): Term => {
    const g = signals.at(output)
    return split(g, bias) ?? { signal: product(ops, g, bias, options) }
  })
  if (!options.bias) return [image, ...layers]
  const beside = activations.map(({ output, contribution }): Term => {
    const g = signals.at(output)
    return { signal: contribution(options.gradient === 'positive' ? ops.relu(g) : g) }
  })
  return [image, ...layers, ...beside]
}

/**
 * The terms of f(x) = ⟨∂f/∂x, x⟩ + Σ ⟨∂f/∂z, b⟩ (Srinivas & Fleuret 2019, proposition 1), the image's first. With the
 * default options their elements sum to the logit; those of dense layers are `[n, k]` and have no place in a map.
 */
export function contributions(context: FullgradContext): readonly Value[] {
  const { ops, options } = context
  return termsOf(context).map(({ signal, scale, bias }) =>
    bias ? product(ops, scale ? ops.mul(signal, scale) : signal, bias, options) : signal,
  )
}
