import type { VariantSpec } from '@saliency/core'
import type { fullgradOptions } from './options.ts'

/** The presets of FullGrad. */
export const variants: Readonly<Record<string, VariantSpec<typeof fullgradOptions>>> = {
  fullgrad: {
    description: "Magnitudes, every layer rescaled to the same range (the authors' psi).",
    handling: 'absolute',
    counterpart: 'fullgrad-signed',
    options: { psi: 'absolute' },
    traits: { nonnegative: true },
  },
  'fullgrad-positive': {
    description: "Positive contributions alone (this project's reconstruction).",
    handling: 'positive',
    counterpart: 'fullgrad-signed',
    options: { psi: 'positive' },
    traits: { nonnegative: true },
  },
  'fullgrad-negative': {
    description: "The magnitude of negative contributions alone (this project's reconstruction).",
    handling: 'negative',
    counterpart: 'fullgrad-signed',
    options: { psi: 'negative' },
    traits: { nonnegative: true },
  },
  'fullgrad-signed': {
    description:
      "Contributions with their sign, every layer divided by its largest magnitude (this project's control).",
    handling: 'signed',
    options: { psi: 'signed' },
    traits: { odd: true },
  },
  'fullgrad-raw': {
    description:
      'The contributions themselves: the map and the terms without a place in it, such as dense biases, sum to the logit.',
    handling: 'signed',
    options: { psi: 'signed', rescale: 'none', upsampling: 'sums' },
    traits: { odd: true },
  },
  'fullgrad-positive-gradient': {
    description:
      'What positive gradients alone contribute (proposed in a comment of pytorch-grad-cam; reconstruction).',
    handling: 'positive',
    counterpart: 'fullgrad-signed',
    options: { psi: 'signed', gradient: 'positive' },
  },
  'fullgrad-channelwise': {
    description:
      "Magnitudes, every channel rescaled on its own (pytorch-grad-cam's psi, without its final rescaling).",
    handling: 'absolute',
    counterpart: 'fullgrad-channelwise-signed',
    options: { rescale: 'channel' },
    traits: { nonnegative: true },
  },
  'fullgrad-channelwise-signed': {
    description:
      "Contributions with their sign, every channel divided by its largest magnitude (this project's control).",
    handling: 'signed',
    options: { psi: 'signed', rescale: 'channel' },
    traits: { odd: true },
  },
  simplefullgrad: {
    description: "Magnitudes of the gradients at biased layers, without the biases (idiap's SimpleFullGrad).",
    handling: 'absolute',
    counterpart: 'simplefullgrad-signed',
    options: { bias: false },
    traits: { nonnegative: true },
  },
  'simplefullgrad-signed': {
    description:
      "Gradients at biased layers with their sign, each divided by its largest magnitude (this project's control).",
    handling: 'signed',
    options: { psi: 'signed', bias: false },
    traits: { odd: true },
  },
}
