import { defineMethod, type GraphMethod } from '@saliency/core'
import { controls } from './controls.ts'

/** Options of the baselines. */
export const baselineOptions = {
  map: {
    type: 'choice',
    choices: ['input-x-gradient', 'edges', 'random', 'centre'],
    default: 'input-x-gradient',
    description: 'Input times gradient, or a control that looks at the image, at noise, or at nothing.',
  },
  width: {
    type: 'number',
    minimum: 0.01,
    maximum: 10,
    default: 0.25,
    description: 'Standard deviation of the centred Gaussian, as a share of the height and of the width.',
  },
} as const

/** Input × gradient, and the three controls that every study carries. */
export const baseline: GraphMethod<typeof baselineOptions> = defineMethod({
  contract: 1,
  id: 'baseline',
  title: 'Input × gradient and the controls',
  references: [
    'Shrikumar et al. 2016, Not Just a Black Box (arXiv:1605.01713): input times gradient',
    'Adebayo et al. 2018, Sanity Checks for Saliency Maps, section 5 (arXiv:1810.03292): the edge detector as a control',
  ],
  options: baselineOptions,
  variants: {
    'input-x-gradient': {
      description: 'The image times the derivative of the logit.',
      handling: 'signed',
      options: { map: 'input-x-gradient' },
      traits: { odd: true },
    },
    edges: {
      description: 'Sobel magnitude of the image; the model plays no part.',
      handling: 'absolute',
      role: 'control',
      expected: 'does not depend',
      options: { map: 'edges' },
      traits: { nonnegative: true },
    },
    random: {
      description: 'Standard normal noise, drawn anew for every image and condition.',
      handling: 'signed',
      role: 'control',
      expected: 'depends',
      options: { map: 'random' },
    },
    centre: {
      description: 'A Gaussian in the middle of the image, the same for everything.',
      handling: 'absolute',
      role: 'control',
      expected: 'static',
      options: { map: 'centre' },
      traits: { nonnegative: true },
    },
  },
  traits: { resolution: 'input' },
  kind: 'graph',
  explain({ model, ops, backward, noise, options }) {
    switch (options.map) {
      case 'input-x-gradient':
        return ops.mul(model.image, backward().at(model.image))
      case 'edges':
        return controls.edges(ops, model.image)
      case 'random':
        return noise()
      case 'centre':
        return controls.centre(ops, model.image, options.width)
    }
  },
})
