/** Options of the class activation maps. */
export const gradcamppOptions = {
  weights: {
    type: 'choice',
    choices: [
      'mean',
      'positive-pixel',
      'positive-channel',
      'absolute',
      'negative',
      'axiom',
      'element',
      'positive-element',
      'plus-plus',
      'plus-plus-unnormalised',
      'plus-plus-signed',
      'plus-plus-plain',
      'plus-plus-plain-signed',
      'plus-plus-plain-negative',
      'plus-plus-plain-absolute',
    ],
    default: 'mean',
    description: 'How the gradient becomes the weight of a channel, or of a unit.',
  },
  finalRelu: {
    type: 'boolean',
    default: true,
    description: 'Whether only the positive part of the weighted sum is kept.',
  },
  layer: {
    type: 'string',
    default: '',
    description:
      "The target layer by name or by index (negative from the end); '' takes the last activation with rows and columns in front of the read-out; of a transformer, what its last attention reads.",
  },
} as const
