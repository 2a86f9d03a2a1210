import { COUNTS, dotOf, kernels } from './kernels.ts'

/** Ranks less the mean of all ranks, with the sum of their squares. Halves up to 2²³ are exact in these floats. */
export interface CentredRanks {
  readonly values: Float32Array
  readonly squares: number
}

/** Ranks of maps that still live: those of values and those of magnitudes come out of one sort. */
const known = new WeakMap<Float32Array, readonly [values: CentredRanks, magnitudes: CentredRanks]>()

/**
 * Ranks of finite values in ascending order, ties by average, as Spearman's ρ wants; less their mean, which is (n + 1)/2.
 * @returns the ranks of the values, and those of their magnitudes
 */
export function centredRanks(data: Float32Array): readonly [values: CentredRanks, magnitudes: CentredRanks] {
  const before = known.get(data)
  if (before) return before
  const { length } = data
  const floats = COUNTS + 16 * length
  const { memory, rank } = kernels(floats + 8 * length)
  new Float32Array(memory.buffer, floats, length).set(data)
  const place = rank(0, length)
  const ranks = [0, length].map((from) => new Float32Array(memory.buffer, place + 4 * from, length).slice())
  const [values, magnitudes] = ranks.map((own) => ({ values: own, squares: dotOf(own, own) }))
  const result = [values!, magnitudes!] as const
  known.set(data, result)
  return result
}

/** Ranks 1..n of finite values in ascending order, ties by average. */
export function rank(data: Float32Array): Float64Array {
  const middle = (data.length + 1) / 2
  return Float64Array.from(centredRanks(data)[0].values, (value) => value + middle)
}
