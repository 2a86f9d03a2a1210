import { SaliencyError } from '../errors.ts'
import type { Operators } from '../graph/operators.ts'
import type { Layer, Model } from '../model.ts'
import { createRandom, type Random } from '../random.ts'
import { tensor, type FloatTensor, type Weights } from '../tensor.ts'
import { drawer, isDrawn, ownInitializer } from './draw.ts'
import { fanOf } from './fan.ts'
import type { WeightState } from './state.ts'

/** A weight state with layers drawn anew. */
export type RandomizedState = Extract<WeightState, { kind: 'randomized' }>

type Parameter = Operators['Parameter']

function deviationOf(initializer: `normal(${number})`): number {
  const deviation = Number(initializer.slice('normal('.length, -1))
  if (deviation > 0 && Number.isFinite(deviation)) return deviation
  throw new SaliencyError(
    'INVALID_OPTION',
    `initializer '${initializer}': normal(σ) takes a standard deviation above 0.`,
  )
}

/** The values in another order; a few of them might come back in the old one, and are shuffled again. */
function permuted(trained: Float32Array, random: Random): Float32Array {
  const isOne = trained.every((value) => value === trained[0])
  for (;;) {
    const values = Float32Array.from(random.shuffle(Array.from(trained)))
    if (isOne || values.some((value, at) => value !== trained[at])) return values
  }
}

function draw(
  layer: Layer,
  parameter: Parameter,
  trained: FloatTensor,
  state: RandomizedState,
  random: Random,
): Float32Array {
  const { initializer } = state
  if (initializer === 'permute') return permuted(trained.data, random)
  if (initializer === 'layer') {
    const next = drawer(ownInitializer(parameter, trained.data), fanOf(layer, parameter), random)
    return trained.data.map(next)
  }
  const deviation = deviationOf(initializer)
  return trained.data.map(() => deviation * random.normal())
}

/** Running statistics under a policy; undefined keeps what was trained. `recalibrate` starts from the trained ones too. */
function statistics(
  role: 'mean' | 'variance',
  trained: FloatTensor,
  state: RandomizedState,
): Float32Array | undefined {
  if (state.batchNorm !== 'reset') return undefined
  return trained.data.map(() => (role === 'mean' ? 0 : 1))
}

function valuesOf(
  layer: Layer,
  parameter: Parameter,
  trained: FloatTensor,
  state: RandomizedState,
  seed: number,
) {
  const { role, name } = parameter
  if (role === 'mean' || role === 'variance') return statistics(role, trained, state)
  if (!isDrawn(parameter, state.initializer)) return undefined
  return draw(layer, parameter, trained, state, createRandom(seed, 'weights', name, state.draw))
}

/**
 * The weights with some layers drawn anew. Each parameter has its own random stream, keyed by seed, name and draw: a layer's
 * random weights are the same at every step of a cascade, and no two layers share numbers.
 * By the layer's own initialiser a PReLU's slopes become 0.25, as in PyTorch, or what the file says; what is neither kernel,
 * bias, slope nor a norm's own is drawn from a normal distribution of the trained values' size. Fixed numbers of the file
 * stay as they are, and so does a single number that would be permuted.
 * @throws UNKNOWN_LAYER if the model has no such layer; INVALID_OPTION for an initialiser that is none
 */
export function randomizeWeights(
  model: Model,
  weights: Weights,
  state: RandomizedState,
  seed: number,
): Weights {
  const result = new Map(weights)
  for (const name of state.layers) {
    const layer = model.layer(name)
    for (const parameter of layer.parameters) {
      const trained = weights.get(parameter.name)
      if (trained === undefined)
        throw new SaliencyError(
          'INVALID_MODEL',
          `Parameter '${parameter.name}' of layer '${name}' has no values.`,
        )
      const values = valuesOf(layer, parameter, trained, state, seed)
      if (values) result.set(parameter.name, tensor(values, trained.shape))
    }
  }
  return result
}
