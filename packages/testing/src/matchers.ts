import type { FloatTensor } from '@saliency/core'
import { expect } from 'vitest'
import { mapError } from './map-error.ts'

/** The kit's own matchers, for vitest's declaration of them. */
export interface MapMatchers<R = unknown> {
  /**
   * Passes where no value of a map `[n, c, h, w]` is further from the expected one than `tolerance` (default 1e-5) times
   * the largest expected magnitude of its image.
   */
  toBeCloseToMap(expected: FloatTensor, tolerance?: number): R
}

declare module 'vitest' {
  // oxlint-disable-next-line typescript/no-empty-object-type
  interface Matchers<T> extends MapMatchers<T> {}
}

expect.extend({
  toBeCloseToMap(actual: FloatTensor, expected: FloatTensor, tolerance = 1e-5) {
    const { largest } = mapError(actual, expected)
    const worst = Math.max(...largest)
    return {
      pass: worst <= tolerance,
      message: () =>
        `The map of image ${largest.indexOf(worst)} differs by ${worst} of its largest magnitude; ${tolerance} was allowed.`,
    }
  },
})
