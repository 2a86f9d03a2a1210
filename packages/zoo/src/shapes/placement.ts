import type { Random } from '@saliency/core'
import { CANVAS_SIZE } from './canvas.ts'

/** Where an object lies: centre and radius in pixels, rotation in radians. */
export interface Placement {
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly rotation: number
}

/** Smallest and largest radius, in pixels, of the one object or of each of two. */
const RADII = { single: [9, 19], pair: [9, 14.5] } as const

/** Largest rotation to either side, in radians (about 26°): a square never becomes a diamond. */
const ROTATION = 0.45

/** Places one object wholly inside the image, or two that do not touch. */
export function randomPlacements(random: Random, count: 1 | 2): readonly Placement[] {
  if (count === 1) return [randomPlacement(random, RADII.single)]
  for (;;) {
    const [first, second] = [randomPlacement(random, RADII.pair), randomPlacement(random, RADII.pair)]
    const distance = Math.hypot(first.x - second.x, first.y - second.y)
    // Two objects of the smallest size always fit, so a fitting pair is drawn sooner or later.
    if (distance >= first.radius + second.radius + 1) return [first, second]
  }
}

function randomPlacement(random: Random, [smallest, largest]: readonly [number, number]): Placement {
  const radius = smallest + (largest - smallest) * random.uniform()
  const room = CANVAS_SIZE - 2 * radius
  return {
    radius,
    x: radius + room * random.uniform(),
    y: radius + room * random.uniform(),
    rotation: ROTATION * (2 * random.uniform() - 1),
  }
}
