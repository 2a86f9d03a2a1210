import {
  type Condition,
  type Engine,
  type FloatTensor,
  type LoadedModel,
  type Model,
  recalibrateBatchNorm,
  resolveWeights,
  resolveOptions,
  type Weights,
} from '@saliency/core'
import { parameterRandomization } from '@saliency/sanity'

/** A condition of the parameter axis: some blocks, from the logits down, drawn anew. */
export interface RandomStep {
  readonly block: string
  readonly condition: Condition
}

/** The steps of the check of parameters, as a study walks them: one draw, every block. */
export function cascadeOf(model: Model): RandomStep[] {
  const { id, options: specs } = parameterRandomization
  const options = resolveOptions(id, specs, { draws: 1 })
  return parameterRandomization
    .conditions({ model, options } as Parameters<typeof parameterRandomization.conditions>[0])
    .filter(({ weights }) => weights.kind === 'randomized')
    .map((condition) => ({ block: String(condition.protocol?.['block']), condition }))
}

/** The weights of a step, batch norm measured anew on pictures where the check says so. */
export async function stepWeights(
  loaded: LoadedModel,
  { condition: { weights: state } }: RandomStep,
  engine: Engine,
  batches: () => Promise<readonly FloatTensor[]>,
): Promise<Weights> {
  const weights = resolveWeights(state, loaded, { seed: 1 })
  if (state.kind !== 'randomized' || state.batchNorm !== 'recalibrate') return weights
  const { model } = loaded
  return recalibrateBatchNorm({ model, weights, layers: state.layers, engine, batches: await batches() })
}
