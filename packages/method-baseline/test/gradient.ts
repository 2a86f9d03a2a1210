import { defineMethod, type GraphMethod } from '@saliency/core'

const options = {
  relu: {
    type: 'choice',
    choices: ['gradient', 'guided'],
    default: 'gradient',
    description: 'What passes back through a ReLU.',
  },
} as const

/** Stands in for the ReLU-backward family, which the sampling methods wrap by name: plugins never import plugins. */
export const gradient: GraphMethod<typeof options> = defineMethod({
  contract: 1,
  id: 'guided',
  title: 'Gradient and guided backpropagation',
  references: ['Springenberg et al. 2015 (arXiv:1412.6806)'],
  options,
  variants: {
    gradient: { description: 'The gradient.', handling: 'signed', options: {} },
    guided: { description: 'Guided backpropagation.', handling: 'positive', options: { relu: 'guided' } },
  },
  traits: { resolution: 'input' },
  kind: 'graph',
  explain: ({ model, backward, options: { relu } }) =>
    backward({
      rules: relu === 'guided' ? { Relu: ({ signal, vjp, ops }) => vjp(ops.relu(signal)) } : {},
    }).at(model.image),
})
