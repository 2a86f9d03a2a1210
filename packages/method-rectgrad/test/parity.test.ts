import { describeReference } from '@saliency/testing'
import { rectgrad } from '../src/index.ts'

// A value at the percentile may pass in one precision and not in the other.
const tolerance = { relativeL2: 5e-2, median: null }

describeReference(rectgrad, [
  {
    map: 'rectgrad-q80',
    variant: 'rectgrad-80',
    ...tolerance,
    exceptions: {
      target: 'label',
      images: 1,
      // Swapping these two back reproduces the map to 1.6e-7. Whether they swap depends on the order in which a machine adds.
      reason: 'in stage3_block0_relu1 of the second image, two values 5e-6 apart lie at the percentile',
    },
  },
  { map: 'rectgrad-q98', variant: 'rectgrad-98', ...tolerance },
  { map: 'rectgrad-abs-q80', variant: 'rectgrad-80-signed', ...tolerance },
  { map: 'rectgrad-abs-q98', variant: 'rectgrad-98-signed', ...tolerance },
])
