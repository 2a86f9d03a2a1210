/** Positive contributions alone where there are no weights: without it, a negative residual branch turns relevance negative. */
const positiveSums = 'sum=z-plus(no-bias); pool=z-plus(no-bias)'

/** Norms, activations and softmax leave relevance as it is, products hand half to each factor, sums are balanced by totals. */
const chefer = 'norm=pass; sum=balanced-sum; product=balanced-product; softmax=pass'

/**
 * The named composites, in the notation users write their own in. Sums and average pools are shared in proportion (Zennit's
 * Norm) unless an entry says otherwise.
 */
export const composites: Readonly<Record<string, string>> = {
  /** LRP-ε everywhere. */
  epsilon: '*=epsilon',
  'epsilon-flat': 'first=flat; *=epsilon',
  /** Zennit's EpsilonPlus: the z⁺-rule for convolutions. */
  'epsilon-plus': 'conv=z-plus; dense=epsilon',
  'epsilon-plus-flat': 'first=flat; conv=z-plus; dense=epsilon',
  /** Zennit's EpsilonAlpha2Beta1; α and β are options. */
  'epsilon-alpha-beta': 'conv=alpha-beta; dense=epsilon',
  'epsilon-alpha-beta-flat': 'first=flat; conv=alpha-beta; dense=epsilon',
  'epsilon-gamma': 'conv=gamma; dense=epsilon',
  /** Zennit's EpsilonGammaBox. */
  'epsilon-gamma-box': 'first=box; conv=gamma; dense=epsilon',
  'z-plus': '*=z-plus',
  'alpha-beta': '*=alpha-beta',
  gamma: '*=gamma',
  /** Deep Taylor decomposition for bounded inputs (Montavon et al. 2017): z^B first, then z⁺, biases taking no part. */
  'deep-taylor': `first=box; *=z-plus(no-bias); ${positiveSums}`,
  /** Deep Taylor decomposition for unbounded inputs: w² first. */
  'deep-taylor-unbounded': `first=w-square; *=z-plus(no-bias); ${positiveSums}`,
  /** Excitation backprop (Zhang et al. 2016, eq. 2): probabilities, so no bias takes part. */
  'excitation-backprop': `*=z-plus(no-bias); ${positiveSums}`,
  /** Its contrastive form (Zhang et al. 2016, sec. 3.3): the walk from the negated classifier subtracted, as one walk. */
  'contrastive-excitation-backprop': `last=alpha-beta(1, 1, no-bias); *=z-plus(no-bias); ${positiveSums}`,
  /** Captum's Alpha1_Beta0_Rule for every convolution and dense layer. */
  'captum-alpha1-beta0': '*=captum-alpha1-beta0',
  /** iNNvestigate's LRPSequentialPresetA. */
  'innvestigate-preset-a': 'conv=innvestigate-alpha-beta(1, 0); dense=epsilon(0.1)',
  /** iNNvestigate's LRPSequentialPresetB. */
  'innvestigate-preset-b': 'conv=innvestigate-alpha-beta(2, 1); dense=epsilon(0.1)',
  /** CP-LRP (Ali et al. 2022): attention's probabilities are constants; a gated product without a gate is halved, as in Libra. */
  'cp-lrp': '*=epsilon; product=gate-or-half',
  'cp-lrp-gamma': 'conv=gamma(0.25); dense=gamma(0.05); product=gate-or-half',
  /** What LXT's example of torchvision's ViT does: γ everywhere but in attention's own layers. */
  'cp-lrp-gamma-mlp': 'attention=epsilon; conv=gamma(0.25); dense=gamma(0.05); product=gate-or-half',
  /** The relevance of Transformer Attribution (Chefer et al. 2021), and the same with signed sums. */
  'transformer-attribution': `first=image-box; *=z-plus(no-bias); ${chefer}`,
  'transformer-attribution-signed': `first=image-box; *=epsilon; ${chefer}`,
  /** AttnLRP (Achtibat et al. 2024). */
  'attn-lrp': '*=epsilon; product=half; softmax=taylor',
  'attn-lrp-gamma': 'conv=gamma(0.25); dense=gamma(0.05); product=half; softmax=taylor',
}
