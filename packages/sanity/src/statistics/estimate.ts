import { quantileSorted } from 'simple-statistics'

/** A mean and the bounds of its 95 % interval. */
export interface Estimate {
  readonly value: number
  readonly lower: number
  readonly upper: number
  /** Replicates without a value, which the interval leaves out. */
  readonly dropped: number
}

/** Percentile interval (2.5 % and 97.5 %) of bootstrap replicates; undefined where the value or all replicates are. */
export function estimate(value: number, replicates: readonly number[]): Estimate | undefined {
  const sorted = Float64Array.from(replicates.filter(Number.isFinite)).sort()
  if (!Number.isFinite(value) || sorted.length === 0) return undefined
  const numbers = Array.from(sorted)
  return {
    value,
    lower: quantileSorted(numbers, 0.025),
    upper: quantileSorted(numbers, 0.975),
    dropped: replicates.length - numbers.length,
  }
}
