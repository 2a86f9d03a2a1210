import { defineMethod, type GraphMethod, type Rules } from '@saliency/core'

/** What passes back through y = ReLU(x): every signal R, or only the negative ones. */
const rules: Readonly<Record<'signed' | 'negative', Rules>> = {
  signed: {},
  // The rectifier sits here: R · 1[x > 0] · 1[R < 0].
  negative: { Relu: ({ signal, vjp, ops }) => vjp(ops.min(signal, 0)) },
}

/** The options of this method; the command line, the config schema and the docs are made from them. */
export const templateOptions = {
  signals: {
    type: 'choice',
    choices: ['signed', 'negative'],
    default: 'negative',
    description: 'Which signals pass back through a ReLU.',
  },
} as const

/** The mirror of guided backpropagation: the map `[n, c, h, w]` of what speaks against the class. */
const template: GraphMethod<typeof templateOptions> = defineMethod({
  contract: 1,
  id: 'template',
  title: 'Negative guided backpropagation',
  references: ['Your paper, section, equation'],
  options: templateOptions,
  variants: {
    negative: {
      description: 'Only negative signals pass the ReLUs that were active.',
      handling: 'negative',
      counterpart: 'signed',
      options: { signals: 'negative' },
    },
    signed: {
      description: 'Every signal passes: the plain gradient.',
      handling: 'signed',
      options: { signals: 'signed' },
      traits: { odd: true },
    },
  },
  traits: { resolution: 'input' },
  kind: 'graph',
  explain: ({ model, backward, options }) => backward({ rules: rules[options.signals] }).at(model.image),
})

export default template
