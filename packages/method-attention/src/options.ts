/** Options of the attention maps. */
export const attentionOptions = {
  map: {
    type: 'choice',
    choices: [
      'raw',
      'rollout',
      'grad-rollout',
      'gradcam',
      'genatt',
      'legrad',
      'agcam',
      'attcat',
      'cdam',
      'beyond-intuition',
    ],
    default: 'genatt',
    description: 'Which formula joins the attention of the blocks with its gradient.',
  },
  rectify: {
    type: 'choice',
    choices: ['gradients', 'blocks', 'none'],
    default: 'none',
    description:
      'Where negative values are dropped: in each gradient, in what a block contributes once its heads are averaged, or nowhere.',
  },
  from: {
    type: 'integer',
    minimum: -1000,
    maximum: 1000,
    default: 0,
    description:
      'The first block that counts, where a formula joins several: 0 is the first, negative numbers count from the last.',
  },
  readout: {
    type: 'choice',
    choices: ['model', 'mean'],
    default: 'model',
    description:
      "What LeGrad's head reads behind a block: the tokens that the model's own head reads, or the mean of all.",
  },
  steps: {
    type: 'integer',
    minimum: 2,
    maximum: 1000,
    default: 20,
    description: "Points on Beyond Intuition's path from the zero image to the image, both ends included.",
  },
} as const
