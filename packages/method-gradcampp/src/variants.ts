import type { VariantSpec } from '@saliency/core'
import type { gradcamppOptions } from './options.ts'

/** The presets of the family. */
export const variants: Readonly<Record<string, VariantSpec<typeof gradcamppOptions>>> = {
  gradcam: {
    description:
      'Mean gradient per channel, final ReLU (Selvaraju et al.; pytorch-grad-cam without its rescaling).',
    handling: 'signed',
    options: { weights: 'mean' },
  },
  'gradcam-no-relu': {
    description: "Mean gradient per channel, both signs of the sum kept (Captum's default).",
    handling: 'signed',
    options: { weights: 'mean', finalRelu: false },
    traits: { nonnegative: false, odd: true },
  },
  'gradcam-plus': {
    description: 'Mean of the positive gradients, rectified pixel by pixel (Lerma and Lucas, Grad-CAM+).',
    handling: 'positive',
    counterpart: 'gradcam',
    options: { weights: 'positive-pixel' },
  },
  'gradcam-plus-channel': {
    description: "Mean gradient, rectified channel by channel (this project's reconstruction).",
    handling: 'positive',
    counterpart: 'gradcam',
    options: { weights: 'positive-channel' },
  },
  'gradcam-absolute': {
    description: "Mean magnitude of the gradient (this project's reconstruction).",
    handling: 'absolute',
    counterpart: 'gradcam',
    options: { weights: 'absolute' },
  },
  'gradcam-negative': {
    description: "Mean of the negative gradients' magnitude (this project's reconstruction).",
    handling: 'negative',
    counterpart: 'gradcam',
    options: { weights: 'negative' },
  },
  gradcampp: {
    description: "Grad-CAM++ as the authors' code computes it, alpha normalised over positive gradients.",
    handling: 'positive',
    counterpart: 'gradcampp-signed',
    options: { weights: 'plus-plus' },
  },
  'gradcampp-unnormalised': {
    description: 'Grad-CAM++ as pytorch-grad-cam computes it: alpha not normalised, 1e-6 in its denominator.',
    handling: 'positive',
    counterpart: 'gradcampp-signed',
    differs: 'alpha is not normalised, as in the library; the signed form normalises it',
    options: { weights: 'plus-plus-unnormalised' },
  },
  'gradcampp-signed': {
    description: "Grad-CAM++ without its rectifier (this project's reconstruction).",
    handling: 'signed',
    options: { weights: 'plus-plus-signed' },
  },
  xgradcam: {
    description: 'Gradient averaged with the activation as its weight (Fu et al., XGrad-CAM).',
    handling: 'signed',
    options: { weights: 'axiom' },
  },
  hirescam: {
    description: 'Gradient times activation, unit by unit, final ReLU (Draelos and Carin, HiResCAM).',
    handling: 'signed',
    options: { weights: 'element' },
  },
  'hirescam-no-relu': {
    description: 'Gradient times activation, unit by unit, both signs of the sum kept.',
    handling: 'signed',
    options: { weights: 'element', finalRelu: false },
    traits: { nonnegative: false, odd: true },
  },
  layercam: {
    description: 'Positive gradient times activation, unit by unit (Jiang et al., LayerCAM).',
    handling: 'positive',
    counterpart: 'hirescam',
    options: { weights: 'positive-element' },
  },
}
