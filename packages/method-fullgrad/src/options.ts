/** Options of FullGrad. */
export const fullgradOptions = {
  psi: {
    type: 'choice',
    choices: ['absolute', 'positive', 'negative', 'signed'],
    default: 'absolute',
    description:
      'What psi keeps of a contribution v: its magnitude, its positive part, its negative part, or v itself.',
  },
  rescale: {
    type: 'choice',
    choices: ['layer', 'channel', 'none'],
    default: 'layer',
    description:
      'Over what psi brings contributions to the range 0 to 1 (signed: -1 to 1): a layer, a channel, or not.',
  },
  gradient: {
    type: 'choice',
    choices: ['signed', 'positive'],
    default: 'signed',
    description: 'Whether every gradient enters a contribution, or only positive ones.',
  },
  upsampling: {
    type: 'choice',
    choices: ['values', 'sums'],
    default: 'values',
    description:
      "Whether a term brought to the image's size keeps its values, as in the authors' code, or its sum.",
  },
  bias: {
    type: 'boolean',
    default: true,
    description:
      'Whether the gradient at a layer is multiplied by its bias; without it this is SimpleFullGrad.',
  },
} as const
