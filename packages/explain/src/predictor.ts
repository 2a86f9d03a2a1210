import {
  type Engine,
  type FloatTensor,
  LOGITS,
  type Model,
  type Session,
  tensor,
  type Weights,
} from '@saliency/core'
import { batchOf, joinBatches } from './batch.ts'

/** Runs the forward pass alone. */
export interface Predictor {
  /** `inputs [n, c, h, w]` → logits `[n, k]`, in batches of a fixed size. */
  logits(inputs: FloatTensor): Promise<FloatTensor>
  dispose(): Promise<void>
}

/** Opens a session that computes nothing but the logits. */
export async function openPredictor(
  engine: Engine,
  model: Model,
  weights: Weights,
  batchSize: number,
): Promise<Predictor> {
  const session: Session = await engine.open({ outputs: { [LOGITS]: model.logits } }, weights)
  return {
    async logits(inputs) {
      const count = inputs.shape[0] as number
      const parts: FloatTensor[] = []
      for (let from = 0; from < count; from += batchSize) {
        const result = await session.run({ image: batchOf(inputs, from, batchSize) })
        parts.push(result[LOGITS] as FloatTensor)
      }
      return count === 0
        ? tensor(new Float32Array(), [0, model.logits.shape[1] as number])
        : joinBatches(parts, count)
    },
    dispose: () => session.dispose(),
  }
}
