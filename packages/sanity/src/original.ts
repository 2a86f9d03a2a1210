import { originalWeights, type Condition } from '@saliency/core'

/** What most checks compare with: the trained model, the image as it is, the predicted class. */
export const original: Condition = {
  id: 'original',
  weights: originalWeights,
  target: { policy: 'rank', rank: 0 },
  input: { kind: 'original' },
}
