import type { Random } from '@saliency/core'

/** Red, green and blue, each in [0, 1]. */
export type Colour = readonly [number, number, number]

/** Draws a colour uniformly from the RGB cube. */
export function randomColour(random: Random): Colour {
  return [random.uniform(), random.uniform(), random.uniform()]
}

/** Draws a colour at least `distance` (Euclidean, RGB cube) away from each of `others`. */
export function contrastingColour(random: Random, others: readonly Colour[], distance: number): Colour {
  // Two forbidden balls of radius 0.55 never cover the cube, so this ends; the bound is a safeguard.
  let best = randomColour(random)
  for (let attempt = 0; attempt < 200; attempt++) {
    if (others.every((other) => colourDistance(best, other) >= distance)) return best
    best = randomColour(random)
  }
  return best
}

/** Euclidean distance in the RGB cube, at most √3. */
export function colourDistance(a: Colour, b: Colour): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

/** `(1 − share)·a + share·b`, channel by channel. */
export function mixColours(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2])]
}
