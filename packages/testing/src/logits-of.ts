import type { FloatTensor, LoadedModel } from '@saliency/core'
import { runOnce } from './test-engine.ts'

/** The logits `[n, k]` of a model on images `[n, c, h, w]`. */
export async function logitsOf({ model, weights }: LoadedModel, image: FloatTensor): Promise<FloatTensor> {
  const { logits } = await runOnce({ logits: model.logits }, weights, { image })
  return logits as FloatTensor
}
