import { describeReference } from '@saliency/testing'
import { guided } from '../src/index.ts'

describeReference(guided, [
  { map: 'gradient', variant: 'gradient' },
  { map: 'guided-backprop', variant: 'guided' },
  { map: 'deconvnet', variant: 'deconvnet' },
])
