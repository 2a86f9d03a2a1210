import { createRequire } from 'node:module'
import { createRandom } from '@saliency/core'

/** A digit of 28 × 28 grey values in [0, 1], and what it shows. */
export interface Digit {
  readonly pixels: Float32Array
  readonly label: number
}

/** Side of a digit in pixels. */
export const SIDE = 28

const require = createRequire(import.meta.url)

/** The 10,000 digits of the package `mnist`, in an order that the seed fixes. */
export function loadDigits(seed: number): Digit[] {
  const all = Array.from({ length: 10 }, (_, label) => {
    const { data } = require(`mnist/src/digits/${label}.json`) as { data: number[] }
    const count = Math.floor(data.length / SIDE ** 2)
    return Array.from({ length: count }, (_digit, i) => ({
      pixels: Float32Array.from(data.slice(i * SIDE ** 2, (i + 1) * SIDE ** 2)),
      label,
    }))
  })
  return createRandom(seed, 'order of digits').shuffle(all.flat())
}
