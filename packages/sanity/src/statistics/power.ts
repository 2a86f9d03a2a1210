import type { Estimate } from './estimate.ts'
import { halfWidth, type Spread } from './spread.ts'

/** What a standard normal number exceeds in one of five cases. */
export const ONE_IN_FIVE = 0.8416

/** More images than this are not asked for. */
const MOST_IMAGES = 100_000

/** Variance of a statistic from all sources; images and draws both hold their interaction, which few draws may overrate. */
function varianceOf({ fromImages, fromDraws, fromBoth, draws }: Spread): number {
  return draws === 1 ? fromImages : Math.max(0, fromImages + fromDraws - fromBoth)
}

/**
 * What a study of this size can find: an upper bound below `threshold` comes out in four of five studies of a variant whose
 * true value is at most this. Where it is below 0 a study may well miss a map of which nothing survives. Undefined where
 * the rows do not tell how far the value could be off.
 */
export function findsUpTo({ spread }: Estimate, threshold: number): number | undefined {
  if (spread === undefined) return undefined
  return threshold - halfWidth(spread) - ONE_IN_FIVE * Math.sqrt(varianceOf(spread))
}

/** The same spread, had there been another number of images. */
function withImages(spread: Spread, images: number): Spread {
  const share = spread.images / images
  const { fromImages, fromDraws, fromBoth } = spread
  const both = fromBoth * share
  return {
    ...spread,
    images,
    fromImages: fromImages * share,
    fromDraws: fromDraws - fromBoth + both,
    fromBoth: both,
  }
}

/** How many images it takes, by the spread of these, until the interval leaves out `threshold`; undefined where images do not decide. */
export function imagesToDecide({ value, spread }: Estimate, threshold: number): number | undefined {
  if (spread === undefined) return undefined
  const distance = Math.abs(value - threshold)
  const decides = (images: number) => halfWidth(withImages(spread, images)) < distance
  return fewestImages(spread.images, decides)
}

/** The fewest images beyond `few` that decide; undefined where `few` already do, or no number that one may ask for does. */
export function fewestImages(few: number, decides: (images: number) => boolean): number | undefined {
  if (decides(few) || !decides(MOST_IMAGES)) return undefined
  let enough = MOST_IMAGES
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2)
    if (decides(middle)) enough = middle
    else few = middle
  }
  return enough
}
