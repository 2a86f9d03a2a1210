import { SaliencyError } from '../errors.ts'
import type { Initializer, Operators } from '../graph/operators.ts'
import { isNode } from '../graph/value.ts'
import type { Layer, Model } from '../model.ts'
import { createRandom } from '../random.ts'
import { tensor, type FloatTensor, type Weights } from '../tensor.ts'
import { drawFrom, type Fans } from './initialize.ts'
import type { WeightState } from './state.ts'

type Parameter = Operators['Parameter']
type Randomized = Extract<WeightState, { kind: 'randomized' }>

/** What a parameter starts from where the file does not say: PyTorch's default for kernels, the identity for the rest. */
const fallback: Record<Parameter['role'], Initializer> = {
  kernel: { name: 'variance-scaling', scale: 1 / 3, mode: 'fan_in', distribution: 'uniform' },
  bias: { name: 'zeros' },
  gamma: { name: 'ones' },
  beta: { name: 'zeros' },
  mean: { name: 'zeros' },
  variance: { name: 'ones' },
  other: { name: 'variance-scaling', scale: 1, mode: 'fan_in', distribution: 'normal' },
}

function fansOf({ shape }: Parameter, layer: Layer): Fans {
  const [first = 1, second = 1, ...window] = shape
  const area = window.reduce((product, size) => product * size, 1)
  if (shape.length > 2) return { in: second * area, out: first * area }
  const isTransposed = layer.nodes.some((node) => isNode(node, 'Gemm') && node.attributes.transB)
  return isTransposed ? { in: second, out: first } : { in: first, out: second }
}

/** The initialiser that a state gives one parameter; undefined leaves it as it is. */
function initializerFor(parameter: Parameter, state: Randomized): Initializer | undefined {
  const { role } = parameter
  if (role === 'mean' || role === 'variance') return state.batchNorm === 'keep' ? undefined : fallback[role]
  if (state.initializer === 'layer') return parameter.initializer ?? fallback[role]
  const deviation = /^normal\((?<value>[\d.e+-]+)\)$/.exec(state.initializer)?.groups?.value
  if (deviation === undefined) {
    throw new SaliencyError(
      'INVALID_OPTION',
      `There is no initialiser '${state.initializer}'; choose layer, normal(S), or permute.`,
    )
  }
  return { name: 'normal', value: Number(deviation) }
}

function redraw(
  parameter: Parameter,
  layer: Layer,
  state: Randomized,
  old: FloatTensor,
  seed: string | number,
): FloatTensor {
  const random = createRandom(seed, 'weights', parameter.name, state.draw)
  const isStatistic = parameter.role === 'mean' || parameter.role === 'variance'
  if (state.initializer === 'permute' && !isStatistic)
    return tensor(Float32Array.from(random.shuffle([...old.data])), old.shape)
  const initializer = initializerFor(parameter, state)
  if (!initializer) return old
  const draw = drawFrom(initializer, fansOf(parameter, layer), random)
  const data = new Float32Array(old.data.length)
  for (let index = 0; index < data.length; index++) data[index] = draw()
  return tensor(data, old.shape)
}

function randomize(model: Model, original: Weights, state: Randomized, seed: string | number): Weights {
  const weights = new Map(original)
  for (const name of state.layers) {
    const layer = model.layer(name)
    for (const parameter of layer.parameters) {
      const old = original.get(parameter.name)
      if (old) weights.set(parameter.name, redraw(parameter, layer, state, old, seed))
    }
  }
  return weights
}

/**
 * The weights of a state. Every parameter has its own random stream, keyed by seed, name and draw, so a cascade's deeper
 * steps keep what the earlier ones drew. `recalibrate` resets running statistics here; whoever has images recomputes them.
 * @throws INVALID_OPTION for an unknown initialiser, INVALID_RUN when the twin is missing, UNKNOWN_LAYER.
 */
export function applyWeightState(
  model: Model,
  original: Weights,
  state: WeightState,
  context: { seed: string | number; twin?: Weights },
): Weights {
  switch (state.kind) {
    case 'original':
      return original
    case 'twin':
      if (context.twin) return context.twin
      throw new SaliencyError(
        'INVALID_RUN',
        `${model.name} has no twin trained on permuted labels; name one with 'twin' in the config.`,
      )
    case 'scaled':
      return scaleLogits(model, original, state.factor)
    default:
      return randomize(model, original, state, context.seed)
  }
}

/** Multiplies the last layer's parameters, and with them the logits. */
function scaleLogits(model: Model, original: Weights, factor: number): Weights {
  const last = model.layers.findLast((layer) => layer.parameters.some(({ role }) => role === 'kernel'))
  const weights = new Map(original)
  for (const { name } of last?.parameters ?? []) {
    const old = original.get(name)
    if (old)
      weights.set(
        name,
        tensor(
          old.data.map((value) => value * factor),
          old.shape,
        ),
      )
  }
  return weights
}

/** One text per state, equal for equal states: the key under which runs store it. */
export function weightStateKey(state: WeightState): string {
  if (state.kind !== 'randomized') return JSON.stringify(state)
  const { kind, layers, draw, initializer, batchNorm } = state
  return JSON.stringify({ kind, layers, draw, initializer, batchNorm })
}
