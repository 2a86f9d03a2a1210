import { type Model, originalWeights, type Predict, tensor, type WeightState } from '@saliency/core'
import { openPredictor, type Predictor } from '@saliency/explain'
import { weightsKey } from './store/keys.ts'
import { stateWeights } from './state-weights.ts'
import type { Study } from './study.ts'

/** Forward passes for targets and checks: the original weights stay open, one other state at a time beside them. */
export interface Predictors {
  of(state: WeightState): Promise<Predictor>
  readonly predict: Predict
  dispose(): Promise<void>
}

/** The model that a weight state belongs to: its own, or the one with a grafted term. */
function modelUnder({ loaded, grafted }: Study, { kind }: WeightState): Model {
  return kind === 'grafted' && grafted ? grafted.model : loaded.model
}

/** Opens predictors of a study when they are first asked for. */
export function createPredictors(study: Study): Predictors {
  const { loaded, engine, batchSize } = study
  const original = weightsKey(originalWeights)
  const open = new Map<string, Promise<Predictor>>()
  let turn: Promise<unknown> = Promise.resolve()

  async function of(state: WeightState): Promise<Predictor> {
    const key = weightsKey(state)
    const known = open.get(key)
    if (known) return known
    for (const [other, predictor] of open) {
      if (other === original || key === original) continue
      open.delete(other)
      await (await predictor).dispose()
    }
    const predictor = stateWeights(study, state).then((weights) =>
      openPredictor(engine, modelUnder(study, state), weights, batchSize),
    )
    open.set(key, predictor)
    return predictor
  }

  async function close(): Promise<void> {
    for (const predictor of open.values()) await (await predictor).dispose()
    open.clear()
  }

  async function predictNow(inputs: Float32Array, state: WeightState) {
    const shape = loaded.model.image.shape.slice(1) as number[]
    const size = shape.reduce((product, dim) => product * dim, 1)
    const predictor = await of(state)
    const { data, shape: result } = await predictor.logits(tensor(inputs, [inputs.length / size, ...shape]))
    if (study.memory.isLean) await close()
    return { logits: data, classes: result[1] as number }
  }

  return {
    of,
    // One after the other: scoring asks from other threads, perhaps for an earlier state than the one computed now.
    predict(inputs, state = originalWeights) {
      const result = turn.then(() => predictNow(inputs, state))
      turn = result.catch(() => undefined)
      return result
    },
    dispose: close,
  }
}
