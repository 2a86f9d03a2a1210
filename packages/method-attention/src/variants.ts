import type { VariantSpec } from '@saliency/core'
import type { attentionOptions } from './options.ts'

/** The presets of the family. */
export const variants: Readonly<Record<string, VariantSpec<typeof attentionOptions>>> = {
  raw: {
    description: "Attention of the last block, mean over heads (Chefer's baseline). No class is in it.",
    handling: 'signed',
    options: { map: 'raw' },
    traits: { nonnegative: true, classBlind: true },
  },
  rollout: {
    description:
      'Product over blocks of attention plus identity, rows normalised, mean over heads (Abnar and Zuidema). No class is in it.',
    handling: 'signed',
    options: { map: 'rollout' },
    traits: { nonnegative: true, classBlind: true },
  },
  'grad-rollout': {
    description:
      'Rollout of attention times its gradient, rectified after the mean over heads (vit-explain, each attention with its own gradient, nothing dropped).',
    handling: 'positive',
    counterpart: 'grad-rollout-no-relu',
    options: { map: 'grad-rollout', rectify: 'blocks' },
    traits: { nonnegative: true },
  },
  'grad-rollout-no-relu': {
    description: 'Gradient rollout, both signs kept.',
    handling: 'signed',
    options: { map: 'grad-rollout' },
  },
  gradcam: {
    description:
      "Grad-CAM on the last block's attention with heads for channels, final ReLU (Chefer's baseline).",
    handling: 'signed',
    options: { map: 'gradcam', rectify: 'blocks' },
    traits: { nonnegative: true },
  },
  'gradcam-no-relu': {
    description: "Grad-CAM on the last block's attention, both signs of the sum kept.",
    handling: 'signed',
    options: { map: 'gradcam' },
    traits: { odd: true },
  },
  'gradcam-plus': {
    description:
      "Grad-CAM on the last block's attention from positive gradients alone (this project's reconstruction).",
    handling: 'positive',
    counterpart: 'gradcam-no-relu',
    options: { map: 'gradcam', rectify: 'gradients' },
    traits: { nonnegative: true },
  },
  genatt: {
    description:
      'Attention times its gradient, rectified before the mean over heads (Chefer et al., ICCV 2021).',
    handling: 'positive',
    counterpart: 'genatt-no-relu',
    options: { map: 'genatt', rectify: 'gradients' },
    traits: { nonnegative: true },
  },
  'genatt-relu-after-heads': {
    description:
      "GenAtt rectified after the mean over heads (as the code of Beyond Intuition's authors computes it).",
    handling: 'positive',
    counterpart: 'genatt-no-relu',
    options: { map: 'genatt', rectify: 'blocks' },
    traits: { nonnegative: true },
  },
  'genatt-no-relu': {
    description: 'GenAtt, both signs kept.',
    handling: 'signed',
    options: { map: 'genatt' },
  },
  legrad: {
    description:
      "Positive gradients by the attention of what the model's own head reads behind each block (Bousselham et al., LeGrad; not rescaled).",
    handling: 'positive',
    counterpart: 'legrad-no-relu',
    options: { map: 'legrad', rectify: 'gradients' },
    traits: { nonnegative: true },
  },
  'legrad-no-relu': {
    description: 'LeGrad, both signs kept.',
    handling: 'signed',
    options: { map: 'legrad' },
    traits: { odd: true },
  },
  'legrad-mean': {
    description:
      'LeGrad with the mean of all tokens read behind each block (the package legrad-torch for SigLIP, without its cosine and rescaling).',
    handling: 'positive',
    counterpart: 'legrad-mean-no-relu',
    options: { map: 'legrad', rectify: 'gradients', readout: 'mean' },
    traits: { nonnegative: true },
  },
  'legrad-mean-no-relu': {
    description: 'LeGrad with the mean of all tokens, both signs kept.',
    handling: 'signed',
    options: { map: 'legrad', readout: 'mean' },
    traits: { odd: true },
  },
  agcam: {
    description:
      'Positive gradients times the sigmoid of the scores, over blocks and heads (Leem and Seo, AGCAM).',
    handling: 'positive',
    counterpart: 'agcam-no-relu',
    options: { map: 'agcam', rectify: 'gradients' },
    traits: { nonnegative: true },
  },
  'agcam-no-relu': {
    description: 'AGCAM, both signs kept.',
    handling: 'signed',
    options: { map: 'agcam' },
    traits: { odd: true },
  },
  attcat: {
    description:
      "Token times its gradient times the mean attention to it, over the blocks' inputs (Qiang et al., AttCAT).",
    handling: 'signed',
    options: { map: 'attcat' },
    traits: { odd: true },
  },
  'attcat-plus': {
    description: "AttCAT from positive gradients alone (this project's reconstruction).",
    handling: 'positive',
    counterpart: 'attcat',
    options: { map: 'attcat', rectify: 'gradients' },
  },
  cdam: {
    description:
      "Token times its gradient behind the last block's first norm (Brocki et al., CDAM, where their code hooks it): HiResCAM without a ReLU there.",
    handling: 'signed',
    options: { map: 'cdam' },
    traits: { odd: true },
  },
  'cdam-plus': {
    description: "CDAM from positive gradients alone (this project's reconstruction): LayerCAM's weights.",
    handling: 'positive',
    counterpart: 'cdam',
    options: { map: 'cdam', rectify: 'gradients' },
  },
  'beyond-intuition': {
    description:
      'Heads weighed by mean |Aᵀg| and rolled out from the fourth block, times the rectified gradient of the last block along a path (Chen et al., head-wise).',
    handling: 'positive',
    counterpart: 'beyond-intuition-no-relu',
    options: { map: 'beyond-intuition', rectify: 'gradients', from: 3 },
    traits: { nonnegative: true },
  },
  'beyond-intuition-no-relu': {
    description: 'Beyond Intuition with signed weights of heads and the signed gradient.',
    handling: 'signed',
    options: { map: 'beyond-intuition', from: 3 },
  },
}
