import { SaliencyError } from '../errors.ts'
import { graftWeights } from '../graft/weights.ts'
import type { LoadedModel, Model } from '../model.ts'
import { tensor, type Weights } from '../tensor.ts'
import { randomizeWeights } from './randomize.ts'
import { compensateShift } from './shift.ts'
import type { WeightState } from './state.ts'

/** The twin's weights, after a check that each has the shape of the model's own. */
function checkedTwin(weights: Weights, twin: Weights | undefined): Weights {
  if (twin === undefined) {
    throw new SaliencyError(
      'INVALID_CONFIG',
      'A check (data-randomization, for one) compares with a twin, the same network trained on permuted labels, and none is given. Name its file as `twin`, or leave the check out.',
    )
  }
  for (const [name, { shape }] of weights) {
    const other = twin.get(name)
    const found = other ? `[${other.shape.join(', ')}]` : 'nothing'
    if (found === `[${shape.join(', ')}]`) continue
    throw new SaliencyError(
      'INVALID_MODEL',
      `The twin has ${found} where the model has '${name}' [${shape.join(', ')}]: it must be the same architecture.`,
    )
  }
  return twin
}

/** Kernel and bias of the last layer with parameters times a factor: the logits times that factor. */
function scaleLogits(model: Model, weights: Weights, factor: number): Weights {
  const last = model.layers.findLast((layer) => layer.parameters.some(({ role }) => role === 'kernel'))
  const result = new Map(weights)
  for (const { name, role } of last?.parameters ?? []) {
    const trained = weights.get(name)
    if (trained && role !== 'other' && role !== 'fixed')
      result.set(
        name,
        tensor(
          trained.data.map((value) => value * factor),
          trained.shape,
        ),
      )
  }
  return result
}

/**
 * The values behind a weight state.
 * @param seed of the study; with the parameter's name and the draw it keys the random weights
 * @param setup.spread how far the largest logit stands above the mean: what a grafted term is a share of; default 1
 * @throws INVALID_CONFIG without a twin where one is asked for; INVALID_MODEL where its shapes differ; what {@link randomizeWeights} throws
 */
export function resolveWeights(
  state: WeightState,
  loaded: LoadedModel,
  setup: { seed: number; twin?: Weights; spread?: number },
): Weights {
  const { model, weights } = loaded
  switch (state.kind) {
    case 'original':
      return weights
    case 'randomized':
      return randomizeWeights(model, weights, state, setup.seed)
    case 'twin':
      return checkedTwin(weights, setup.twin)
    case 'scaled':
      return scaleLogits(model, weights, state.factor)
    case 'shifted':
      return compensateShift(model, weights, state.amount)
    case 'grafted':
      return graftWeights(loaded, state.pattern, state.target, state.share * (setup.spread ?? 1))
  }
}
