import { createRandom, type Random } from '@saliency/core'
import type { KerasArchitecture, WeightSpec } from './network.ts'

/** Numbers in a kernel are drawn up to here and then repeated; a prime, so that no two rows or filters agree. */
const POOL = 65_521

/** A weight with its values, in Keras' layout. */
export interface KerasWeight {
  /** `layer/weight` */
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/**
 * Draws weights for an architecture, for tests and benchmarks that need its cost and not its knowledge: kernels by
 * He et al. 2015, everything else near what training starts from, with some spread so that nothing is zero by accident.
 */
export function seededWeights({ weights }: KerasArchitecture, seed: number): KerasWeight[] {
  return weights.map((spec) => {
    const name = `${spec.layer}/${spec.weight}`
    const size = spec.shape.reduce((product, dim) => product * dim, 1)
    const draw = drawer(spec, createRandom(seed, 'architecture weights', name))
    const pool = Float32Array.from({ length: Math.min(size, POOL) }, draw)
    const data = new Float32Array(size)
    for (let start = 0; start < size; start += POOL)
      data.set(pool.subarray(0, Math.min(POOL, size - start)), start)
    return { name, shape: spec.shape, data }
  })
}

function drawer({ weight, shape }: WeightSpec, random: Random): () => number {
  switch (weight) {
    case 'kernel':
    case 'depthwise_kernel': {
      // A depthwise kernel [h, w, c, 1] sums over its window only.
      const inputs = weight === 'kernel' ? shape.slice(0, -1) : shape.slice(0, 2)
      const deviation = Math.sqrt(2 / inputs.reduce((product, dim) => product * dim, 1))
      return () => deviation * random.normal()
    }
    case 'gamma':
      return () => 1 + 0.1 * random.normal()
    case 'moving_variance':
      return () => 1 + 0.2 * random.uniform()
    default:
      return () => 0.05 * random.normal()
  }
}
