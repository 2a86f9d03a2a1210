import { describeReference, type ReferenceRow } from '@saliency/testing'
import { attention } from '../src/index.ts'

/** Every map is as exact as a gradient: one image at a time, as the reference says. */
const exact = { share: 1, relativeL2: 1e-5, worst: 1e-5, median: 1e-5 }
const rows: readonly Pick<ReferenceRow, 'map' | 'variant' | 'options'>[] = [
  { map: 'raw-attention', variant: 'raw' },
  { map: 'attention-rollout', variant: 'rollout' },
  { map: 'grad-rollout', variant: 'grad-rollout' },
  { map: 'grad-rollout-no-relu', variant: 'grad-rollout-no-relu' },
  { map: 'attention-gradcam', variant: 'gradcam' },
  { map: 'attention-gradcam-no-relu', variant: 'gradcam-no-relu' },
  { map: 'genatt', variant: 'genatt' },
  { map: 'genatt-no-relu', variant: 'genatt-no-relu' },
  { map: 'genatt-relu-after-heads', variant: 'genatt-relu-after-heads' },
  { map: 'agcam', variant: 'agcam' },
  { map: 'agcam-no-relu', variant: 'agcam-no-relu' },
  { map: 'legrad-cls-all-layers', variant: 'legrad' },
  { map: 'legrad-cls-all-layers-no-relu', variant: 'legrad-no-relu' },
  { map: 'legrad-cls-last-2', variant: 'legrad', options: { from: -2 } },
  { map: 'legrad-cls-last-2-no-relu', variant: 'legrad-no-relu', options: { from: -2 } },
  { map: 'legrad-mean-all-layers', variant: 'legrad-mean' },
  { map: 'legrad-mean-all-layers-no-relu', variant: 'legrad-mean-no-relu' },
  { map: 'legrad-mean-last-2', variant: 'legrad-mean', options: { from: -2 } },
  { map: 'legrad-mean-last-2-no-relu', variant: 'legrad-mean-no-relu', options: { from: -2 } },
  { map: 'attcat', variant: 'attcat' },
  { map: 'cdam', variant: 'cdam' },
]

describeReference(
  attention,
  rows.map((row) => ({ ...row, ...exact })),
  { reference: 'vit-tiny' },
)
