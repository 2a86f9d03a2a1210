import { describeReference } from '@saliency/testing'
import { baseline, integratedGradients } from '../src/index.ts'
import { gradient } from './gradient.ts'

describeReference(baseline, [{ map: 'input-x-gradient', variant: 'input-x-gradient' }])

describeReference(
  integratedGradients,
  [
    {
      map: 'integrated-gradients-20-riemann-middle-zero-baseline',
      variant: 'integrated-gradients-20',
    },
  ],
  { methods: [gradient] },
)
