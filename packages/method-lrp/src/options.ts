import type { OptionValues } from '@saliency/core'

/** The options of every LRP variant but the composite. */
const options = {
  rules: {
    type: 'string',
    default: '',
    description:
      "Entries that come before the composite's, the first that fits counts: selector=rule, separated by ';'. Selectors: first, last, conv, dense, attention (the dense layers of attention), sum, pool, norm, batch-norm, activation, product (of two signals), softmax, * (all convolutions and dense layers), or a layer name in which * stands for any text. Example: 'first=flat; block1*=gamma(0.5); dense=epsilon(0.1, no-bias)'.",
  },
  epsilon: {
    type: 'number',
    minimum: 0,
    default: 1e-6,
    description: 'ε of the epsilon rule; 0 is LRP-0, in sums, means and norms too.',
  },
  stabilizer: {
    type: 'number',
    minimum: 0,
    default: 1e-6,
    description: "ε of every other rule's denominators.",
  },
  denominators: {
    type: 'choice',
    choices: ['signed', 'zero-only'],
    default: 'signed',
    description:
      'Adds ε with the sign of the denominator (Zennit, Captum), or only where it is exactly zero (iNNvestigate).',
  },
  gamma: { type: 'number', minimum: 0, default: 0.25, description: 'γ of the gamma rule.' },
  alpha: {
    type: 'number',
    minimum: 0,
    default: 2,
    description: 'α of the alpha-beta rule; α − β = 1 conserves.',
  },
  beta: { type: 'number', minimum: 0, default: 1, description: 'β of the alpha-beta rule.' },
  low: {
    type: 'string',
    default: '',
    description:
      "The box rule's lowest pixel value in preprocessed units, one number or one a channel separated by commas; empty takes black after the model's preprocessing, or the image's own minimum.",
  },
  high: {
    type: 'string',
    default: '',
    description: "The box rule's highest pixel value, as 'low'; empty takes white.",
  },
  ignoreBias: {
    type: 'boolean',
    default: false,
    description: "Leaves biases out of every rule's denominators (Zennit's zero_params='bias').",
  },
  batchNorm: {
    type: 'choice',
    choices: ['merge', 'pass', 'rule', 'gradient', 'innvestigate'],
    default: 'merge',
    description:
      "Folds batch norm into the layer before it; or passes relevance through; or shares it by epsilon (Captum); or takes the ordinary gradient; or uses iNNvestigate's rule. With merge, one that follows no layer is shared by epsilon.",
  },
  start: {
    type: 'choice',
    choices: ['one-hot', 'logit'],
    default: 'one-hot',
    description: 'Relevance starts as 1, or as the value of the logit explained.',
  },
  channels: {
    type: 'choice',
    choices: ['each', 'summed'],
    default: 'each',
    description: 'Whether the map has one value for each channel of the image, or their sum.',
  },
  shows: {
    type: 'choice',
    choices: ['relevance', 'gradient'],
    default: 'relevance',
    description:
      'What the map shows: relevance, or the modified gradient, which times the image is the relevance. It exists only with epsilon = 0 and rules that are gradients.',
  },
} as const

/** The composite is one of those that a method has. */
interface CompositeOption {
  readonly type: 'choice'
  readonly choices: readonly string[]
  readonly default: string
  readonly description: string
}

/** The options as they are declared. */
export type LrpOptionSpecs = { readonly composite: CompositeOption } & typeof options
/** The values of the options. */
export type LrpOptions = OptionValues<LrpOptionSpecs>

/** The options of every LRP variant; `composites` are the names that the first one takes. */
export function optionsFor(composites: readonly string[]): LrpOptionSpecs {
  return {
    composite: {
      type: 'choice',
      choices: composites,
      default: 'epsilon',
      description: 'Which rule applies to which kind of layer.',
    },
    ...options,
  }
}
