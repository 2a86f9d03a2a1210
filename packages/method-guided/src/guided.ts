import { defineMethod, SaliencyError, type GraphMethod, type Model } from '@saliency/core'
import { type ReluRule, reluRules } from './relu-rules.ts'

/** Options of the ReLU-backward family. */
export const guidedOptions = {
  relu: {
    type: 'choice',
    choices: ['gradient', 'deconvnet', 'guided'],
    default: 'guided',
    description:
      'What passes back through a rectifier: every signal, positive signals, or both conditions at once.',
  },
  sites: {
    type: 'choice',
    choices: ['rectifiers', 'relu'],
    default: 'rectifiers',
    description:
      'Where the rule applies: at every operator that cuts or damps negative values, or at ReLU alone.',
  },
} as const

/** Without a rectifier, a map would be the gradient by another name. */
function assertRectifier(model: Model, rule: ReluRule): void {
  const reason = rule === 'gradient' ? undefined : model.noRectifier
  if (reason === undefined) return
  throw new SaliencyError(
    'UNSUPPORTED_MODEL',
    `guided/${rule} cannot explain ${model.name}: ${reason}, so that it would be the gradient; use guided/gradient.`,
  )
}

/** The ReLU-backward family: the map is the signal `[n, c, h, w]` that reaches the image. */
export const guided: GraphMethod<typeof guidedOptions> = defineMethod({
  contract: 1,
  id: 'guided',
  title: 'Gradient, deconvnet and guided backpropagation',
  references: [
    'Simonyan, Vedaldi, Zisserman 2014, Deep Inside Convolutional Networks, section 3 (arXiv:1312.6034): gradient',
    'Zeiler, Fergus 2014, Visualizing and Understanding Convolutional Networks, section 2.1 (arXiv:1311.2901): deconvnet',
    'Springenberg et al. 2015, Striving for Simplicity, section 3.4 (arXiv:1412.6806): guided backpropagation',
  ],
  options: guidedOptions,
  variants: {
    gradient: {
      description: 'The derivative of the logit by every pixel.',
      handling: 'signed',
      options: { relu: 'gradient' },
      traits: { odd: true },
    },
    deconvnet: {
      description: 'Positive signals pass every rectifier, whether or not it was active (Zeiler and Fergus).',
      handling: 'positive',
      counterpart: 'gradient',
      options: { relu: 'deconvnet' },
    },
    guided: {
      description: 'Positive signals pass the rectifiers that were active (Springenberg et al.).',
      handling: 'positive',
      counterpart: 'gradient',
      options: { relu: 'guided' },
    },
  },
  traits: { resolution: 'input' },
  kind: 'graph',
  explain({ model, backward, options }) {
    assertRectifier(model, options.relu)
    return backward({ rules: reluRules[options.relu](model, options.sites) }).at(model.image)
  },
})
