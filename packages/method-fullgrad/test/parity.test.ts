import { describeReference } from '@saliency/testing'
import { fullgrad } from '../src/index.ts'

describeReference(fullgrad, [
  { map: 'fullgrad', variant: 'fullgrad' },
  { map: 'fullgrad-positive', variant: 'fullgrad-positive' },
  { map: 'fullgrad-negative', variant: 'fullgrad-negative' },
  { map: 'fullgrad-raw', variant: 'fullgrad-raw', options: { upsampling: 'values' } },
])
