import { criticalT } from './student-t.ts'

/**
 * Mean and 95 % t interval of values in [0, 1], with one more of each extreme counted for the interval (Agresti, Coull 1998):
 * a few images that all agree are no proof.
 */
export function meanInUnit(values: readonly number[]): { mean: number; low: number; high: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const count = values.length + 2
  const centre = (mean * values.length + 1) / count
  const squares = [...values, 0, 1].reduce((sum, value) => sum + (value - centre) ** 2, 0)
  const half = criticalT(count - 1, 0.05) * Math.sqrt(squares / (count - 1) / count)
  return { mean, low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}
