/** Options of Transformer Attribution. */
export const attributionOptions = {
  relevance: {
    type: 'choice',
    choices: ['z-plus', 'signed'],
    default: 'z-plus',
    description:
      'How dense layers share relevance on its way to the attentions: positive parts alone, or both signs.',
  },
  rectify: {
    type: 'boolean',
    default: true,
    description:
      'Whether negative products of gradient and relevance are dropped in every head (the authors do).',
  },
  from: {
    type: 'integer',
    default: 1,
    minimum: 0,
    description:
      'The first block that counts; the authors evaluate with 1, so the block of index 0 is left out.',
  },
} as const
