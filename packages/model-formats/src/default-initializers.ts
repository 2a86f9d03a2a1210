import type { Initializer } from '@saliency/core'

/** Initialisers by what they draw. */
export interface Initializers {
  readonly kernel: Initializer
  bias(fanIn: number): Initializer
}

/** PyTorch's default, kaiming-uniform with a = √5, is a uniform variance scaling by ⅓ of fan-in; biases go by fan-in too. */
const pytorch: Initializers = {
  kernel: { name: 'variance-scaling', scale: 1 / 3, mode: 'fan_in', distribution: 'uniform', assumed: true },
  bias: (fanIn) => ({ name: 'uniform', value: 1 / Math.sqrt(Math.max(1, fanIn)), assumed: true }),
}

/** Keras' default, Glorot-uniform kernels and zero biases. */
export const kerasInitializers: Initializers = {
  kernel: { name: 'variance-scaling', scale: 1, mode: 'fan_avg', distribution: 'uniform', assumed: true },
  bias: (): Initializer => ({ name: 'zeros', assumed: true }),
}

/** How the library that a file comes from draws weights; ONNX files do not say, so it is the library's default. */
export function initializersFor(producer: string | undefined): Initializers {
  return producer !== undefined && /tf2onnx|keras/i.test(producer) ? kerasInitializers : pytorch
}
