import {
  createRandom,
  tensor,
  type FloatTensor,
  type Model,
  type Operators,
  type Weights,
} from '@saliency/core'

type Parameter = Operators['Parameter']

/** Draws that keep a tiny network alive: about half of the units open, variances near one. */
function draw({ name, shape, role }: Parameter, seed: number, biases: boolean): FloatTensor {
  const random = createRandom(seed, 'tiny-network', name)
  const size = shape.reduce((product, dim) => product * dim, 1)
  const fanIn = shape.length === 4 ? size / Number(shape[0]) : Number(shape[0])
  const one: Readonly<Record<Parameter['role'], () => number>> = {
    kernel: () => random.normal() * Math.sqrt(2 / fanIn),
    bias: () => (biases ? 0.2 * random.normal() : 0),
    gamma: () => 1 + 0.2 * random.normal(),
    beta: () => (biases ? 0.2 * random.normal() : 0),
    mean: () => (biases ? 0.2 * random.normal() : 0),
    variance: () => 0.5 + random.uniform(),
    slope: () => 0.25 + 0.1 * random.normal(),
    fixed: () => random.normal(),
    other: () => 0.2 * random.normal(),
  }
  return tensor(Float32Array.from({ length: size }, one[role]), shape)
}

/** Weights for every parameter of a model, each from a stream keyed by its name. */
export function seededWeights(
  model: Model,
  { seed, biases }: { readonly seed: number; readonly biases: boolean },
): Weights {
  const parameters = model.layers.flatMap((layer) => layer.parameters)
  return new Map(parameters.map((parameter) => [parameter.name, draw(parameter, seed, biases)]))
}

/** Images `[n, c, h, w]` of standard normal values, each from its own stream. */
export function seededImages(model: Model, count: number, seed = 1): FloatTensor {
  const shape = model.image.shape.slice(1).map(Number)
  const size = shape.reduce((product, dim) => product * dim, 1)
  const data = new Float32Array(count * size)
  for (let image = 0; image < count; image++) {
    const random = createRandom(seed, 'tiny-image', image)
    for (let index = 0; index < size; index++) data[image * size + index] = random.normal()
  }
  return tensor(data, [count, ...shape])
}

/** One row per class: `[classes.length, k]`, `value` at the class and zero elsewhere. */
export function oneHot(model: Model, classes: readonly number[], value = 1): FloatTensor {
  const k = Number(model.logits.shape[1])
  const data = new Float32Array(classes.length * k)
  for (const [row, target] of classes.entries()) data[row * k + target] = value
  return tensor(data, [classes.length, k])
}
