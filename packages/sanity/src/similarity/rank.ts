import { COUNTS, dotOf, kernels } from './kernels.ts'

/** Ranks less the mean of all ranks, with the sum of their squares. Halves up to 2²³ are exact in these floats. */
export interface CentredRanks {
  readonly values: Float32Array
  readonly squares: number
}

/** Ranks of the values, and of the magnitudes if they were asked for: both come out of one sort. */
interface Ranks {
  readonly values: CentredRanks
  readonly magnitudes?: CentredRanks
}

/** Ranks of maps that still live. */
const known = new WeakMap<Float32Array, Ranks>()

function ranksOf(data: Float32Array, both: boolean): Ranks {
  const { length } = data
  const floats = COUNTS + 16 * length
  const { memory, rank } = kernels(floats + 8 * length)
  new Float32Array(memory.buffer, floats, length).set(data)
  const place = rank(0, length, both)
  const [values, magnitudes] = (both ? [0, length] : [0])
    .map((from) => new Float32Array(memory.buffer, place + 4 * from, length).slice())
    .map((own): CentredRanks => ({ values: own, squares: dotOf(own, own) }))
  const ranks = { values: values!, ...(magnitudes && { magnitudes }) }
  known.set(data, ranks)
  return ranks
}

/** Ranks of finite values in ascending order, ties by average, as Spearman's ρ wants; less their mean, which is (n + 1)/2. */
export function centredRanks(data: Float32Array): CentredRanks {
  return (known.get(data) ?? ranksOf(data, false)).values
}

/** The same of the magnitudes. Whoever wants both asks for these first: the values' come along. */
export function centredMagnitudeRanks(data: Float32Array): CentredRanks {
  return known.get(data)?.magnitudes ?? ranksOf(data, true).magnitudes!
}

/** Ranks 1..n of finite values in ascending order, ties by average. */
export function rank(data: Float32Array): Float64Array {
  const middle = (data.length + 1) / 2
  return Float64Array.from(centredRanks(data).values, (value) => value + middle)
}
