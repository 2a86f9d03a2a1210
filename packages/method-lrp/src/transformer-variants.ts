const cp = 'CP-LRP (Ali et al. 2022): attention weights are constants, values take all relevance'
const attn =
  'AttnLRP (Achtibat et al. 2024): every product of two signals is halved, softmax by its Taylor decomposition'
/** Chefer et al.'s stabiliser. */
const small = { epsilon: 1e-9, stabilizer: 1e-9 } as const
const exact = 'no ε, so a modified gradient times the image'

/**
 * The presets for transformers. The modified gradient of CP-LRP without ε is Libra's, and stands wherever a gradient does: as
 * `of` of integrated gradients, for instance.
 */
export const transformerVariants = {
  'cp-lrp-0': {
    description: `${cp}; ${exact}.`,
    handling: 'signed',
    options: { composite: 'cp-lrp', epsilon: 0 },
  },
  'cp-lrp-epsilon': {
    description: `${cp}; ε = 1e-6.`,
    handling: 'signed',
    options: { composite: 'cp-lrp' },
  },
  'cp-lrp-gamma': {
    description: `${cp}; γ = 0.25 in convolutions, 0.05 in dense layers.`,
    handling: 'positive',
    counterpart: 'cp-lrp-epsilon',
    options: { composite: 'cp-lrp-gamma' },
  },
  'cp-lrp-gamma-mlp': {
    description: `${cp}; γ as in cp-lrp-gamma but ε in attention's own layers, as LXT's example for torchvision does.`,
    handling: 'positive',
    counterpart: 'cp-lrp-epsilon',
    options: { composite: 'cp-lrp-gamma-mlp' },
  },
  'cp-lrp-0-gradient': {
    description: 'The modified gradient of CP-LRP, not times the image: the Libra gradient of the logit.',
    handling: 'signed',
    options: { composite: 'cp-lrp', epsilon: 0, start: 'logit', shows: 'gradient' },
    traits: { odd: true },
  },
  'cp-lrp-0-logit': {
    description: 'cp-lrp-0 started from the logit instead of 1, as LXT does; shown, never judged.',
    handling: 'signed',
    options: { composite: 'cp-lrp', epsilon: 0, start: 'logit' },
  },
  'attn-lrp-0': {
    description: `${attn}; ${exact}.`,
    handling: 'signed',
    options: { composite: 'attn-lrp', epsilon: 0 },
  },
  'attn-lrp-epsilon': {
    description: `${attn}; ε = 1e-6.`,
    handling: 'signed',
    options: { composite: 'attn-lrp' },
  },
  'attn-lrp-gamma': {
    description: `${attn}; γ = 0.25 in convolutions, 0.05 in dense layers.`,
    handling: 'positive',
    counterpart: 'attn-lrp-epsilon',
    options: { composite: 'attn-lrp-gamma' },
  },
  'attn-lrp-0-gradient': {
    description: 'The modified gradient of AttnLRP, not times the image.',
    handling: 'signed',
    options: { composite: 'attn-lrp', epsilon: 0, start: 'logit', shows: 'gradient' },
    traits: { odd: true },
  },
  'attn-lrp-0-logit': {
    description: 'attn-lrp-0 started from the logit instead of 1, as LXT does; shown, never judged.',
    handling: 'signed',
    options: { composite: 'attn-lrp', epsilon: 0, start: 'logit' },
  },
  'transformer-lrp-full': {
    description:
      "Chefer et al. 2021's relevance handed down to the pixels, channels summed (`full` in their code), which their paper compares with.",
    handling: 'positive',
    counterpart: 'transformer-lrp-full-signed',
    options: { composite: 'transformer-attribution', ...small, channels: 'summed' },
  },
  'transformer-lrp-full-signed': {
    description: 'The same with signed sums in place of z⁺ in dense layers.',
    handling: 'signed',
    options: { composite: 'transformer-attribution-signed', ...small, channels: 'summed' },
  },
} as const

/** The presets of the method that stops at the tokens. */
export const tokenVariants = {
  'cp-lrp-0': transformerVariants['cp-lrp-0'],
  'cp-lrp-epsilon': transformerVariants['cp-lrp-epsilon'],
  'attn-lrp-0': transformerVariants['attn-lrp-0'],
  'attn-lrp-epsilon': transformerVariants['attn-lrp-epsilon'],
} as const
