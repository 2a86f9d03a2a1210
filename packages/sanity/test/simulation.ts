import type { Random } from '@saliency/core'
import type { Cells } from '../src/statistics/cells.ts'
import { contrastOf } from '../src/statistics/contrast.ts'
import { effectOf } from '../src/statistics/effect.ts'
import type { Estimate } from '../src/statistics/estimate.ts'

/** A population of similarities with known means: standard deviations of what images, shared draws and both together add. */
export interface Population {
  readonly name: string
  readonly image: number
  readonly draw: number
  readonly both: number
  /** Draws spread as an exponential distribution (skewness 2) instead of a normal one. */
  readonly skewed?: boolean
}

/** The means that every simulated study has: s, c, e, and a ratio of 1 under the null hypothesis. */
export const TRUTH = { same: 0.5, chance: 0.1, survival: 0.4 / 0.9, retained: 1 } as const

/** Each image with the two that follow it in its group of 8, as studies pair them. */
function pairsOf(images: number): Uint32Array {
  return Uint32Array.from({ length: images * 4 }, (_, at) => {
    const image = at >> 2
    if (at % 2 === 0) return image
    const start = image - (image % 8)
    return start + ((image - start + 1 + ((at >> 1) % 2)) % Math.min(8, images - start))
  })
}

function normals(count: number, deviation: number, random: Random): Float64Array {
  return Float64Array.from({ length: count }, () => deviation * random.normal())
}

/** Similarities of one study; `shift` moves s. */
export function simulate(
  population: Population,
  size: { images: number; draws: number; sharedDraws: boolean },
  random: Random,
  shift = 0,
): Cells {
  const { images, draws } = size
  const pairs = pairsOf(images)
  const { image, draw, both, skewed } = population
  const own = normals(images, image, random)
  const [first, second] = [normals(images, image / 2, random), normals(images, image / 2, random)]
  const drawn = Float64Array.from({ length: draws }, () =>
    skewed ? draw * (-Math.log(1 - random.uniform()) - 1) : draw * random.normal(),
  )
  const noise = normals((images + pairs.length / 2) * draws, both, random)
  const same = Float64Array.from({ length: images * draws }, (_, at) => {
    return TRUTH.same + shift + own[Math.floor(at / draws)]! + drawn[at % draws]! + noise[at]!
  })
  const chance = Float64Array.from({ length: (pairs.length / 2) * draws }, (_, at) => {
    const pair = Math.floor(at / draws)
    const ofImages = first[pairs[2 * pair]!]! + second[pairs[2 * pair + 1]!]!
    return TRUTH.chance + ofImages + drawn[at % draws]! / 2 + noise[same.length + at]!
  })
  return { ...size, pairs, blocks: [{ same, chance }] }
}

/** Shares of studies, in [0, 1]. */
export interface Calibration {
  /** Intervals that hold the truth. */
  readonly same: number
  readonly chance: number
  readonly survival: number
  readonly retained: number
  /** p ≤ .05 where the two do not differ. */
  readonly falseAlarms: number
  /** p ≤ .05 where D differs by a fifth (.1 of .5). */
  readonly power: number
}

/** How often intervals hold and, unless `tested` is false, tests reject, over many simulated studies. */
export function calibrate(
  population: Population,
  size: { images: number; draws: number; sharedDraws: boolean },
  studies: number,
  random: Random,
  tested = true,
): Calibration {
  const counts = { same: 0, chance: 0, survival: 0, retained: 0, falseAlarms: 0, power: 0 }
  const holds = (estimate: Estimate | undefined, truth: number) => {
    const [low, high] = estimate?.interval ?? [Infinity, -Infinity]
    return low <= truth && truth <= high ? 1 : 0
  }
  for (let i = 0; i < studies; i++) {
    const [variant, other] = [simulate(population, size, random), simulate(population, size, random)]
    const effect = effectOf(variant)
    for (const name of ['same', 'chance', 'survival'] as const)
      counts[name] += holds(effect[name], TRUTH[name])
    if (!tested) continue
    const contrast = contrastOf(variant, other, random)
    counts.retained += holds(contrast.retained, TRUTH.retained)
    if ((contrast.p ?? 1) <= 0.05) counts.falseAlarms++
    if ((contrastOf(simulate(population, size, random, 0.1), other, random).p ?? 1) <= 0.05) counts.power++
  }
  const shares = Object.entries(counts).map(([name, count]) => [name, count / studies])
  return Object.fromEntries(shares) as unknown as Calibration
}
