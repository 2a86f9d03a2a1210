import {
  type Engine,
  type FloatTensor,
  LOGITS,
  type Plan,
  type Session,
  tensor,
  type Weights,
} from '@saliency/core'
import { batchOf, joinBatches } from './batch.ts'
import type { Evaluate } from './sampling.ts'
import type { SamplingVariant } from './variant-set.ts'

/** The session of one sampling method, opened when first needed. */
export interface Evaluator {
  readonly sampling: SamplingVariant
  readonly evaluate: Evaluate
  dispose(): Promise<void>
}

/** The logits' product with the direction, `[n, 1]`. */
function directedLogit(logits: FloatTensor, direction: FloatTensor, count: number): FloatTensor {
  const classes = logits.shape[1] as number
  const result = new Float32Array(count)
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < classes; i++) result[row]! += logits.data[row * classes + i]! * direction.data[i]!
  }
  return tensor(result, [count, 1])
}

/** Prepares what a sampling method evaluates on its changed images. */
export function createEvaluator(
  { sampling, plan }: { readonly sampling: SamplingVariant; readonly plan: Plan },
  engine: Engine,
  weights: Weights,
  batchSize: number,
): Evaluator {
  const { of } = sampling
  let open: Promise<Session> | undefined
  return {
    sampling,
    async evaluate(inputs, direction) {
      const session = await (open ??= engine.open(plan, weights))
      const count = inputs.shape[0] as number
      const image = batchOf(inputs, 0, batchSize)
      if (of === 'predict') {
        const result = await session.run({ image })
        return directedLogit(result[LOGITS] as FloatTensor, direction, count)
      }
      const [rows = 0, , height = 0, width = 0] = image.shape
      const silence = tensor(new Float32Array(rows * height * width), [rows, 1, height, width])
      const noise = Object.fromEntries(of.noise.map((name) => [name, silence]))
      const result = await session.run({ image, direction: batchOf(direction, 0, batchSize), ...noise })
      return joinBatches([result['map'] as FloatTensor], count)
    },
    dispose: async () => (await open)?.dispose(),
  }
}
