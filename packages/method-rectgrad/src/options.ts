/** Options of RectGrad. */
export const rectgradOptions = {
  measure: {
    type: 'choice',
    choices: ['positive', 'signed'],
    default: 'positive',
    description:
      'What must exceed the threshold: activation times signal, or activation times its magnitude.',
  },
  threshold: {
    type: 'choice',
    choices: ['percentile', 'constant'],
    default: 'percentile',
    description: 'Whether the threshold is a percentile of each layer and image, or one number.',
  },
  percentile: {
    type: 'number',
    minimum: 0,
    maximum: 100,
    default: 98,
    description: 'The percentile of a layer that a signal must exceed; see interpolation.',
  },
  interpolation: {
    type: 'choice',
    choices: ['linear', 'nearest'],
    default: 'linear',
    description:
      "Between which values a percentile falls: interpolated (NumPy's and torch's default), or the nearest value (the authors' TensorFlow code).",
  },
  tau: { type: 'number', default: 0, description: 'The threshold when it is constant.' },
  inputProduct: {
    type: 'boolean',
    default: true,
    description: 'Whether the signal at the image is multiplied by the image.',
  },
  borderTrick: {
    type: 'choice',
    choices: ['none', 'padded', 'every'],
    default: 'none',
    description:
      "Whether the signal at the output of padded convolutions, or of every one, is set to zero on the outermost pixels (the authors' code does it for 'SAME' padding, which a 1×1 convolution can have as well).",
  },
  prr: {
    type: 'boolean',
    default: false,
    description: 'Proportional redistribution: max pooling shares its signal among all inputs by their size.',
  },
} as const
