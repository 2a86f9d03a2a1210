import type { FloatTensor } from '@saliency/core'

/** How far a map is from the expected one, image by image. */
export interface MapError {
  /** ‖a − b‖₂ / ‖b‖₂ of every image; 0 where both are zero. */
  readonly relativeL2: readonly number[]
  /** The share of values of every image within `tolerance` of the largest expected magnitude. */
  readonly share: readonly number[]
  /** The largest |a − b| of every image, relative to the largest expected magnitude. */
  readonly largest: readonly number[]
}

/** 0/0 is no error, x/0 an infinite one. */
const ratio = (a: number, b: number) => (a === 0 ? 0 : a / b)

/**
 * Compares maps `[n, c, h, w]` of the same shape. Values that are not numbers count as infinitely far away.
 * @throws Error with both shapes when they differ.
 */
export function mapError(actual: FloatTensor, expected: FloatTensor, tolerance = 1e-4): MapError {
  if (actual.shape.join() !== expected.shape.join()) {
    throw new Error(
      `Maps of shape [${actual.shape.join(', ')}] and [${expected.shape.join(', ')}] do not compare.`,
    )
  }
  const size = expected.data.length / Number(expected.shape[0])
  const errors = { relativeL2: [] as number[], share: [] as number[], largest: [] as number[] }
  for (let start = 0; start < expected.data.length; start += size) {
    const wanted = expected.data.subarray(start, start + size)
    const differences = Array.from(wanted, (value, index) => {
      const difference = Math.abs(value - Number(actual.data[start + index]))
      return Number.isNaN(difference) ? Infinity : difference
    })
    const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const norm = (values: Iterable<number>) =>
      Math.sqrt([...values].reduce((sum, value) => sum + value ** 2, 0))
    errors.relativeL2.push(ratio(norm(differences), norm(wanted)))
    errors.share.push(differences.filter((value) => value <= tolerance * scale).length / size)
    errors.largest.push(ratio(Math.max(...differences), scale))
  }
  return errors
}

/** The middle value; the mean of the two middle ones where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return (Number(sorted[Math.floor(middle)]) + Number(sorted[Math.ceil(middle)])) / 2
}
