import { describeReference } from '@saliency/testing'
import { lrp } from '../src/index.ts'

/** Zennit's maps all start from the logit. */
const logit = { start: 'logit' } as const

/** Black and white after ResNet-20's normalisation, one value a channel. */
const mean = [0.485, 0.456, 0.406]
const deviation = [0.229, 0.224, 0.225]
const normalised = (pixel: number) =>
  mean.map((value, channel) => (pixel - value) / Number(deviation[channel]))
const bounds = { low: normalised(0).join(), high: normalised(1).join() }

describeReference(lrp, [
  // Shares near 0/0 swap sides in single precision: the reference's own float32 run differs in 2.7 % of the values.
  { map: 'lrp-epsilon-1e-6', variant: 'epsilon', options: logit, share: 0.96, median: null },
  { map: 'lrp-epsilon-plus', variant: 'epsilon-plus', options: logit },
  // In the ONNX file the residual shortcut is slice + pad, to which the rule does not apply.
  { map: 'lrp-epsilon-alpha2-beta1', variant: 'epsilon-alpha2-beta1', options: logit, files: ['model.json'] },
  { map: 'lrp-epsilon-plus-flat', variant: 'epsilon-plus-flat', options: logit },
  { map: 'lrp-epsilon-gamma-box', variant: 'epsilon-gamma-box', options: { ...logit, ...bounds } },
])
