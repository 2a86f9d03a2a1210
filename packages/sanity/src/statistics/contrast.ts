import type { Random } from '@saliency/core'
import { imagesWithValues, meanOfDefined, type Cells } from './cells.ts'
import { estimate, type Estimate } from './estimate.ts'
import { signFlipTest } from './sign-flip.ts'
import { halfWidth, spreadOf, type Spread } from './spread.ts'
import { SIGN_FLIP } from './verdict.ts'

/** D of a variant beside D of its counterpart, on the same images. */
export interface Contrast {
  /** D = mean(1 - max(0, rho)) of the variant, in [0, 1]. */
  readonly dependence: number
  /** D of the counterpart. */
  readonly counterpartDependence: number
  /** D(variant) / D(counterpart); undefined where the counterpart itself hardly depends. */
  readonly retained: Estimate | undefined
  /** False if D(counterpart) < .2, since a ratio to almost nothing says nothing, or if the counterpart flips. */
  readonly comparable: boolean
  /** True where the counterpart changes by its sign only: what D calls its dependence is none. */
  readonly flips: boolean
  /** Two-sided p of "both depend alike", not corrected; absent where one draw of random weights cannot tell. */
  readonly p?: number
  /** True where a draw changes all images together. */
  readonly sharedDraws: boolean
  /** Images that entered the comparison. */
  readonly images: number
  /** Images left out because one of the two was undefined for every draw or step. */
  readonly excluded: number
}

/** A counterpart that depends less than this is not comparable. */
const LEAST_DEPENDENCE = 0.2

/** No p value is given below this: the tails of so few draws, or of 9,999 patterns of signs, say no more. */
const LEAST_P = 1e-4

/** Per-image, per-draw dependence of both `[images, draws]`, NaN in both wherever either is undefined at every step. */
function pairedDependence(variant: Cells, counterpart: Cells): { first: Float64Array; second: Float64Array } {
  const first = new Float64Array(variant.images * variant.draws)
  const second = first.slice()
  for (let i = 0; i < first.length; i++) {
    let steps = 0
    variant.blocks.forEach((block, step) => {
      const a = block.same[i]!
      const b = counterpart.blocks[step]!.same[i]!
      if (Number.isNaN(a) || Number.isNaN(b)) return
      steps++
      first[i]! += 1 - Math.max(0, a)
      second[i]! += 1 - Math.max(0, b)
    })
    first[i]! /= steps
    second[i]! /= steps
  }
  return { first, second }
}

/** Mean difference per image over its defined draws; images without any are left out. */
function differencesByImage(differences: Float64Array, draws: number): Float64Array {
  const images = Array.from({ length: differences.length / draws }, (_, image) =>
    meanOfDefined(differences.subarray(image * draws, (image + 1) * draws)),
  )
  return Float64Array.from(images.filter((value) => !Number.isNaN(value)))
}

/** The largest chance to miss at which an interval around the mean difference still excludes 0. */
function crossedTest(mean: number, spread: Spread | undefined): number | undefined {
  if (spread === undefined) return undefined
  let [low, high] = [LEAST_P, 1]
  if (halfWidth(spread, low) < Math.abs(mean)) return low
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2
    if (halfWidth(spread, middle) < Math.abs(mean)) high = middle
    else low = middle
  }
  return high
}

/**
 * Retained dependence: what is left of the counterpart's dependence once gradients are handled as the variant does.
 * Tested over the units that were sampled: by a paired sign-flip permutation over images, or, where all images share the
 * draws of random weights, by a t test over images and draws.
 * @param variant similarities of the variant
 * @param counterpart similarities of its counterpart: same images, draws and steps
 */
export function contrastOf(variant: Cells, counterpart: Cells, random: Random): Contrast {
  const { first, second } = pairedDependence(variant, counterpart)
  const [a, b] = [meanOfDefined(first), meanOfDefined(second)]
  const images = imagesWithValues([first], variant.draws)
  const defined = first.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0)
  const differences = first.map((value, i) => value - second[i]!)
  const chance = new Float64Array((variant.pairs.length / 2) * variant.draws)
  const spread = (influence: (first: number, second: number) => number) => {
    const same = first.map((value, i) => (Number.isNaN(value) ? 0 : influence(value, second[i]!) / defined))
    return spreadOf(variant, { same, chance }, images)
  }
  const same = meanOfDefined(Float64Array.from(counterpart.blocks.flatMap((block) => [...block.same])))
  const flips = same <= SIGN_FLIP
  const comparable = b >= LEAST_DEPENDENCE && !flips
  const ratio = spread((x, y) => (x - (a / b) * y) / b)
  const p = variant.sharedDraws
    ? crossedTest(
        a - b,
        spread((x, y) => x - y - (a - b)),
      )
    : signFlipTest(differencesByImage(differences, variant.draws), random)
  return {
    dependence: a,
    counterpartDependence: b,
    retained: comparable ? estimate(a / b, ratio, [0, Infinity]) : undefined,
    comparable,
    flips,
    ...(p !== undefined && !flips && { p }),
    sharedDraws: variant.sharedDraws,
    images,
    excluded: variant.images - images,
  }
}
