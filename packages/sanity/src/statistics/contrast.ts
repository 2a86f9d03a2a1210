import type { Random } from '@saliency/core'
import { forEachResample, type Cells } from './cells.ts'
import { estimate, type Estimate } from './estimate.ts'
import type { Resamples } from './resample.ts'
import { signFlipTest } from './sign-flip.ts'

/** D of a variant beside D of its counterpart, on the same images. */
export interface Contrast {
  /** D = mean(1 - max(0, rho)) of the variant, in [0, 1]. */
  readonly dependence: number
  /** D of the counterpart. */
  readonly counterpartDependence: number
  /** D(variant) / D(counterpart); undefined where the counterpart itself hardly depends. */
  readonly retained: Estimate | undefined
  /** False if D(counterpart) < .2: a ratio to almost nothing says nothing. */
  readonly comparable: boolean
  /** Two-sided p of the paired sign-flip permutation test over images, not corrected. */
  readonly p: number
  /** Images that entered the comparison. */
  readonly images: number
  /** Images left out because one of the two was undefined for every draw or step. */
  readonly excluded: number
}

/** A counterpart that depends less than this is not comparable. */
const LEAST_DEPENDENCE = 0.2

/** Per-image, per-draw dependence of both, NaN in both wherever either is undefined at any step. */
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

/** Means of both over what is defined in both, with weights. */
function ratioParts(
  first: Float64Array,
  second: Float64Array,
  images: Float64Array,
  draws: Float64Array,
): { a: number; b: number } {
  let a = 0
  let b = 0
  let total = 0
  for (let at = 0; at < first.length; at++) {
    const weight = images[Math.floor(at / draws.length)]! * draws[at % draws.length]!
    if (weight === 0 || Number.isNaN(first[at])) continue
    a += weight * first[at]!
    b += weight * second[at]!
    total += weight
  }
  return { a: a / total, b: b / total }
}

/** Mean difference per image over its defined draws; images without any are left out. */
function differencesByImage(
  first: Float64Array,
  second: Float64Array,
  images: number,
  draws: number,
): Float64Array {
  const ones = new Float64Array(draws).fill(1)
  const one = Float64Array.of(1)
  const differences = Float64Array.from({ length: images }, (_, image) => {
    const range = [image * draws, (image + 1) * draws] as const
    const { a, b } = ratioParts(first.subarray(...range), second.subarray(...range), one, ones)
    return a - b
  })
  return differences.filter(Number.isFinite)
}

/**
 * Retained dependence: what is left of the counterpart's dependence once gradients are handled as the variant does.
 * @param variant similarities of the variant
 * @param counterpart similarities of its counterpart: same images, draws and steps
 */
export function contrastOf(
  variant: Cells,
  counterpart: Cells,
  resamples: Resamples,
  random: Random,
): Contrast {
  const { first, second } = pairedDependence(variant, counterpart)
  const ones = (size: number) => new Float64Array(size).fill(1)
  const { a, b } = ratioParts(first, second, ones(variant.images), ones(variant.draws))
  const replicates: number[] = []
  forEachResample(resamples, (images, draws) => {
    const replicate = ratioParts(first, second, images, draws)
    replicates.push(replicate.a / replicate.b)
  })
  const differences = differencesByImage(first, second, variant.images, variant.draws)
  const comparable = b >= LEAST_DEPENDENCE
  return {
    dependence: a,
    counterpartDependence: b,
    retained: comparable ? estimate(a / b, replicates) : undefined,
    comparable,
    p: signFlipTest(differences, random),
    images: differences.length,
    excluded: variant.images - differences.length,
  }
}
