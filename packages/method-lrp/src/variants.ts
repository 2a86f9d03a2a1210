import { transformerVariants } from './transformer-variants.ts'

/** The named presets. A counterpart differs in the composite alone. */
export const variants = {
  epsilon: {
    description:
      "LRP-ε (ε = 1e-6) in every layer, positive and negative contributions alike; Zennit's Epsilon.",
    handling: 'signed',
    options: {},
  },
  'epsilon-plus': {
    description: "Zennit's EpsilonPlus: only positive contributions through convolutions, ε in dense layers.",
    handling: 'positive',
    counterpart: 'epsilon',
    options: { composite: 'epsilon-plus' },
  },
  'epsilon-gamma': {
    description:
      "Zennit's generalised gamma rule (γ = 0.25) through convolutions: positive contributions are favoured.",
    handling: 'positive',
    counterpart: 'epsilon',
    options: { composite: 'epsilon-gamma' },
  },
  'epsilon-alpha2-beta1': {
    description:
      "Zennit's EpsilonAlpha2Beta1: positive contributions through convolutions count twice, negative ones once, each over their own sum.",
    handling: 'positive',
    counterpart: 'epsilon',
    options: { composite: 'epsilon-alpha-beta' },
  },
  'z-plus': {
    description:
      "Alpha-1-beta-0 in every layer, split by the input's sign as in Bach et al. and Zennit (Captum's differs).",
    handling: 'positive',
    counterpart: 'epsilon',
    options: { composite: 'z-plus' },
  },
  'epsilon-flat': {
    description: 'LRP-ε, the first layer shared evenly over each receptive field.',
    handling: 'signed',
    options: { composite: 'epsilon-flat' },
  },
  'epsilon-plus-flat': {
    description: "Zennit's EpsilonPlusFlat.",
    handling: 'positive',
    counterpart: 'epsilon-flat',
    options: { composite: 'epsilon-plus-flat' },
  },
  'epsilon-alpha2-beta1-flat': {
    description: "Zennit's EpsilonAlpha2Beta1Flat.",
    handling: 'positive',
    counterpart: 'epsilon-flat',
    options: { composite: 'epsilon-alpha-beta-flat' },
  },
  'epsilon-gamma-box': {
    description:
      "Zennit's EpsilonGammaBox: gamma (0.25) through convolutions, pixel bounds in the first layer.",
    handling: 'positive',
    counterpart: 'epsilon',
    options: { composite: 'epsilon-gamma-box' },
  },
  'deep-taylor': {
    description:
      'Deep Taylor decomposition for bounded pixels (Montavon et al.): z^B first, then z⁺ without biases.',
    handling: 'positive',
    counterpart: 'epsilon',
    options: { composite: 'deep-taylor' },
    traits: { conserves: true },
  },
  'excitation-backprop': {
    description:
      'Excitation backprop (Zhang et al.): positive weights only, as winning probabilities, biases left out.',
    handling: 'positive',
    counterpart: 'contrastive-excitation-backprop',
    options: { composite: 'excitation-backprop' },
    traits: { conserves: true },
  },
  'contrastive-excitation-backprop': {
    description:
      'Contrastive excitation backprop (Zhang et al.): what speaks for the class minus what speaks against it, told apart in the last dense layer.',
    handling: 'signed',
    options: { composite: 'contrastive-excitation-backprop' },
  },
  'captum-alpha1-beta0': {
    description:
      "Captum's Alpha1_Beta0_Rule in every layer: w⁺, the input not split by sign, the bias as it is.",
    handling: 'positive',
    counterpart: 'epsilon',
    options: { composite: 'captum-alpha1-beta0' },
  },
  'innvestigate-preset-a': {
    description:
      "iNNvestigate's LRPSequentialPresetA: alpha-1-beta-0 for convolutions, ε = 0.1 for dense layers.",
    handling: 'positive',
    counterpart: 'epsilon',
    options: { composite: 'innvestigate-preset-a' },
  },
  'innvestigate-preset-b': {
    description:
      "iNNvestigate's LRPSequentialPresetB: alpha-2-beta-1 for convolutions, ε = 0.1 for dense layers.",
    handling: 'positive',
    counterpart: 'epsilon',
    options: { composite: 'innvestigate-preset-b' },
  },
  'epsilon-logit': {
    description: 'LRP-ε started from the logit instead of 1, as Zennit and Captum do; shown, never judged.',
    handling: 'signed',
    options: { start: 'logit' },
    traits: { start: 'logit' },
  },
  'epsilon-plus-logit': {
    description: 'EpsilonPlus started from the logit; shown, never judged.',
    handling: 'positive',
    counterpart: 'epsilon-logit',
    options: { start: 'logit', composite: 'epsilon-plus' },
    traits: { start: 'logit' },
  },
  'epsilon-alpha2-beta1-logit': {
    description: 'EpsilonAlpha2Beta1 started from the logit; shown, never judged.',
    handling: 'positive',
    counterpart: 'epsilon-logit',
    options: { start: 'logit', composite: 'epsilon-alpha-beta' },
    traits: { start: 'logit' },
  },
  ...transformerVariants,
} as const
