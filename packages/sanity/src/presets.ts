import type { Options } from '@saliency/core'

/** A published protocol as options of this package's checks. */
export interface Preset {
  readonly title: string
  readonly reference: string
  /** Checks by id with the options that differ from their defaults. */
  readonly checks: readonly (readonly [check: string, options: Options])[]
  /** What the protocol hides, or lets pass. */
  readonly hides: readonly string[]
  /** Where the preset cannot follow the published code. */
  readonly differs: readonly string[]
}

/** The name of a published protocol. */
export type PresetName = 'adebayo-2018' | 'pathwaygrad-2021' | 'sixt-2020' | 'binder-2023' | 'hedstrom-2024'

/** Published protocols by name. Their numbers are shown; they judge nothing. */
export const presets: Readonly<Record<PresetName, Preset>> = {
  'adebayo-2018': {
    title: 'Adebayo et al. 2018: cascading randomisation, absolute maps, target of the random model',
    reference: 'arXiv:1810.03292 and its published notebooks',
    checks: [
      [
        'parameter-randomization',
        {
          similarities: 'spearman,ssim-minmax,hog',
          reduction: 'sum-of-abs',
          target: 'argmax',
          initializer: 'layer',
          batchNorm: 'keep',
          draws: 1,
        },
      ],
    ],
    hides: [
      'The sign: magnitudes are summed over channels, and stretching to [0, 1] moves zero.',
      'Scale: trainable variables are drawn anew and running statistics are kept, which belong to other kernels; activations can explode. (Their scale is recorded here.)',
      'What is compared: the target follows the random model, so a change of class counts as dependence on parameters.',
      'Chance: smooth maps of different images are alike, and one draw of random weights says nothing of others. (Here the chance level is recorded all the same.)',
    ],
    differs: [
      'Blocks of the network at hand instead of Inception v3 scopes.',
      'HOG is compared by Pearson, as the paper says; the notebooks take Spearman.',
    ],
  },
  'pathwaygrad-2021': {
    title:
      'PathwayGrad (Khakzar et al. 2021): cascading randomisation by N(0, .1), target of the random model',
    reference: 'arXiv:2103.16886 and its published code',
    checks: [
      [
        'parameter-randomization',
        {
          similarities: 'spearman,spearman-abs,ssim,hog',
          reduction: 'max-abs',
          target: 'argmax',
          initializer: 'normal(0.1)',
          batchNorm: 'keep',
          draws: 1,
        },
      ],
    ],
    hides: [
      'Scale: weights of standard deviation .1 beside kept batch-norm statistics change the scale of activations at every step; normalisation of the maps hides it. (Logit spread and map scale are recorded here.)',
      'Draws: one chain of random weights is reused for all images, so its luck is in every number.',
      'What is compared: the target follows the random model.',
    ],
    differs: [
      'SSIM has a Gaussian window of 11 pixels on one channel; the code has a uniform one of 5 on several.',
    ],
  },
  'sixt-2020': {
    title:
      'Sixt et al. 2020: random logit, cascading randomisation with the label fixed, cosine-similarity convergence',
    reference: 'arXiv:1912.09818 and its published code',
    checks: [
      ['class-sensitivity', { similarities: 'ssim,spearman', reduction: 'max-abs', draws: 1 }],
      [
        'parameter-randomization',
        {
          similarities: 'ssim,spearman',
          reduction: 'max-abs',
          target: 'label',
          initializer: 'layer',
          batchNorm: 'reset',
          draws: 1,
        },
      ],
      ['cosine-convergence', { starts: 5, draws: 5 }],
    ],
    hides: [
      'A flipped sign: the published SSIM is the larger one of a map and its negative.',
      'Chance: no similarity between different images is reported. (It is recorded here.)',
      'Sparse maps: gradients are reduced to the largest magnitude over channels.',
    ],
    differs: [
      'SSIM is taken of the map as it is, not of the better of two signs, with a Gaussian window of 11 pixels.',
      'The random logit starts from the predicted class, not from the label.',
      'Relevance methods are reduced like gradients here; the code sums their channels.',
      'Batch norm is reset, as in the untrained copy whose weights the code takes.',
      'Convergence starts at the ends of blocks, evenly spread, instead of at named layers of VGG-16 and ResNet-50; images are averaged, not pooled.',
    ],
  },
  'binder-2023': {
    title:
      'Binder et al. 2023: randomisation from the image up beside that from the logits down, signed maps',
    reference: 'arXiv:2211.12486',
    checks: [
      [
        'parameter-randomization',
        {
          similarities: 'ssim-second-moment,pearson',
          order: 'bottom-up',
          reduction: 'sum',
          target: 'fixed',
          initializer: 'layer',
          batchNorm: 'keep',
          draws: 1,
        },
      ],
      ['deletion-insertion', {}],
    ],
    hides: [
      'Chance: a map without covariance between pixels scores best, as noise does. (The chance level is recorded here, and a random control is judged.)',
    ],
    differs: [
      'One order of randomisation in a run: the paper compares both, so repeat it with the default order.',
      'Faithfulness, which the paper shows beside, is measured by deletion and insertion.',
    ],
  },
  'hedstrom-2024': {
    title: 'Hedström et al. 2024: randomisation from the image up, smooth and efficient MPRT',
    reference: 'https://openreview.net/forum?id=vVpefYmnsG and its published code',
    checks: [
      [
        'parameter-randomization',
        {
          similarities: 'ssim-flat',
          order: 'bottom-up',
          reduction: 'sum',
          target: 'fixed',
          initializer: 'layer',
          batchNorm: 'reset',
          draws: 1,
        },
      ],
      ['smooth-mprt', { similarities: 'ssim-flat', samples: 50, level: 0.1, draws: 1, batchNorm: 'reset' }],
      ['efficient-mprt', { bins: 100, draws: 1, batchNorm: 'reset' }],
    ],
    hides: [
      'Chance: a random map changes completely and scores best under both. (The chance level is recorded here.)',
      'Where pixels lie: the published SSIM sees a map as one row of pixels. (The same is done here.)',
      'What entropy means: a map may become more complex without depending on the model.',
    ],
    differs: [
      'Each map is divided by the root of its own mean square; the code takes one root for a whole batch.',
      'Every layer has a random stream of its own; the code starts each layer from the same one.',
    ],
  },
}
