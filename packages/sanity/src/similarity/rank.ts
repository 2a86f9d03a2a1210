import { ranksOf } from './kernels.ts'

/**
 * Ranks 1..n of finite values in ascending order; ties share the average of their ranks, as Spearman's ρ wants.
 * @param data values, all finite
 * @returns one rank per value
 */
export function rank(data: Float32Array): Float64Array {
  return ranksOf(data)
}
