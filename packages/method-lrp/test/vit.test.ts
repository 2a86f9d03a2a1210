import { describeReference, type ReferenceRow } from '@saliency/testing'
import { lrp, lrpAtTokens } from '../src/index.ts'

/** LXT's maps start from the logit. */
const options = { start: 'logit' } as const
/** Without ε a map is as exact as a gradient. */
const gradient = { options, share: 1, worst: 5e-6, median: 2e-6 } as const
/** Shares over sums near zero. */
const shared = { options, worst: 2e-4 } as const

const rows: readonly ReferenceRow[] = [
  { map: 'cp-lrp-0', variant: 'cp-lrp-0', ...gradient },
  { map: 'cp-lrp-0', variant: 'cp-lrp-0-logit', ...gradient },
  { map: 'cp-lrp-0-gradient', variant: 'cp-lrp-0-gradient', ...gradient },
  { map: 'cp-lrp-epsilon-1e-6', variant: 'cp-lrp-epsilon', ...shared },
  { map: 'cp-lrp-gamma-conv.25-linear.05', variant: 'cp-lrp-gamma', ...shared },
  { map: 'cp-lrp-gamma-conv.25-mlp.05-attention-0', variant: 'cp-lrp-gamma-mlp', ...shared },
  { map: 'attn-lrp-0', variant: 'attn-lrp-0', ...gradient },
  { map: 'attn-lrp-0', variant: 'attn-lrp-0-logit', ...gradient },
  { map: 'attn-lrp-epsilon-1e-6', variant: 'attn-lrp-epsilon', ...shared },
  { map: 'attn-lrp-gamma-conv.25-linear.05', variant: 'attn-lrp-gamma', ...shared },
]

/**
 * Relevance is divided by scores, and sums by their totals; where one is near zero, it is what rounding made it. An
 * independent evaluation of the formula gives these maps within 2e-7 in float64. In float32, with its features in 14 orders,
 * the fourth image is between 1e-2 and 2e-1 off, and another up to 7e-2.
 */
const full = {
  map: 'transformer-lrp-full',
  variant: 'transformer-lrp-full',
  share: 0,
  median: 1e-3,
  relativeL2: 4e-2,
} as const

describeReference(
  lrp,
  [
    ...rows,
    { ...full, files: ['model.onnx'], worst: 4e-2 },
    { ...full, files: ['model-opset24.onnx'], worst: 0.15, relativeL2: 8e-2 },
  ],
  { reference: 'vit-tiny' },
)
describeReference(
  lrpAtTokens,
  [
    { map: 'cp-lrp-0-at-tokens', variant: 'cp-lrp-0', ...gradient },
    { map: 'cp-lrp-epsilon-1e-6-at-tokens', variant: 'cp-lrp-epsilon', ...shared },
    { map: 'attn-lrp-0-at-tokens', variant: 'attn-lrp-0', ...gradient },
    { map: 'attn-lrp-epsilon-1e-6-at-tokens', variant: 'attn-lrp-epsilon', ...shared },
  ],
  { reference: 'vit-tiny' },
)
