import type { Resamples } from './resample.ts'

/** Similarities at one step of a randomisation (or for one choice of other class); NaN marks an undefined one. */
export interface Block {
  /** Between the two conditions on the same image: `[images, draws]`. */
  readonly same: Float64Array
  /** Between image i under one condition and image j under the other: `[pairs, draws]`. */
  readonly chance: Float64Array
}

/** All similarities of one variant on one axis. */
export interface Cells {
  readonly images: number
  readonly draws: number
  /** Images i and j of each pair, as positions among the images: `[pairs, 2]`. */
  readonly pairs: Uint32Array
  /** One block a step, each of equal weight. */
  readonly blocks: readonly Block[]
}

/** Sum of weighted values divided by the weights of those that are defined; NaN if none is. */
function weightedMean(values: Float64Array, rows: Float64Array, columns: Float64Array): number {
  let sum = 0
  let total = 0
  for (let row = 0, at = 0; row < rows.length; row++) {
    const rowWeight = rows[row]!
    for (let column = 0; column < columns.length; column++, at++) {
      const value = values[at]!
      const weight = rowWeight * columns[column]!
      if (weight === 0 || value !== value) continue
      sum += weight * value
      total += weight
    }
  }
  return sum / total
}

function pairWeights(pairs: Uint32Array, images: Float64Array): Float64Array {
  const result = new Float64Array(pairs.length / 2)
  for (let i = 0; i < result.length; i++) result[i] = images[pairs[2 * i]!]! * images[pairs[2 * i + 1]!]!
  return result
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function meanOfDefined(values: readonly number[]): number {
  return meanOf(values.filter((value) => !Number.isNaN(value)))
}

/**
 * Mean of s and of c, equal weight per block; a pair of images counts as often as both are in the resample. A block in which
 * one of the two has no value is left out of both, so that e compares them over the same steps; where no block has both,
 * each is the mean over the blocks that have it.
 */
export function means(
  cells: Cells,
  images: Float64Array,
  draws: Float64Array,
): { same: number; chance: number } {
  const pairs = pairWeights(cells.pairs, images)
  const each = cells.blocks.map((block) => ({
    same: weightedMean(block.same, images, draws),
    chance: weightedMean(block.chance, pairs, draws),
  }))
  const both = each.filter(({ same, chance }) => !Number.isNaN(same) && !Number.isNaN(chance))
  const counted = both.length > 0 ? both : each
  return {
    same: meanOfDefined(counted.map(({ same }) => same)),
    chance: meanOfDefined(counted.map(({ chance }) => chance)),
  }
}

/** How many blocks have no defined s, or pairs of different images and no defined c among them. */
export function emptyBlocks({ blocks }: Cells): number {
  const isEmpty = (values: Float64Array) => values.every(Number.isNaN)
  return blocks.filter(({ same, chance }) => isEmpty(same) || (chance.length > 0 && isEmpty(chance))).length
}

function average(arrays: readonly Float64Array[]): Float64Array {
  return arrays[0]!.map((_, i) => meanOf(arrays.map((array) => array[i]!)))
}

/** Blocks averaged into one where every value is defined: the same means at a fraction of the work. */
export function collapse(cells: Cells): Cells {
  const complete = cells.blocks.every((block) => !block.same.includes(NaN) && !block.chance.includes(NaN))
  if (!complete || cells.blocks.length < 2) return cells
  const same = average(cells.blocks.map((block) => block.same))
  const chance = average(cells.blocks.map((block) => block.chance))
  return { ...cells, blocks: [{ same, chance }] }
}

/** Share of undefined values: of the same-image pairs or of the different-image pairs, whichever is larger. */
export function undefinedShare(cells: Cells): number {
  const share = (arrays: readonly Float64Array[]) => {
    const total = arrays.reduce((sum, array) => sum + array.length, 0)
    const missing = arrays.reduce((sum, array) => sum + array.filter(Number.isNaN).length, 0)
    return total === 0 ? 0 : missing / total
  }
  return Math.max(
    share(cells.blocks.map((block) => block.same)),
    share(cells.blocks.map((block) => block.chance)),
  )
}

/** Calls `visit` with the weights of each resample. */
export function forEachResample(
  resamples: Resamples,
  visit: (images: Float64Array, draws: Float64Array) => void,
): void {
  const { count, images, draws, imageWeights, drawWeights } = resamples
  for (let i = 0; i < count; i++) {
    visit(
      imageWeights.subarray(i * images, (i + 1) * images),
      drawWeights.subarray(i * draws, (i + 1) * draws),
    )
  }
}
