import type { Cells } from './cells.ts'
import { byImage, byTwo, type Influence } from './influence.ts'
import { criticalT } from './student-t.ts'

/** The variance of a statistic by its sources. */
export interface Spread {
  readonly images: number
  /** Draws that all images share; 1 where every image has draws of its own. */
  readonly draws: number
  /** Variance from which images were taken, the interaction included. */
  readonly fromImages: number
  /** Variance from which random weights were drawn, the interaction included. */
  readonly fromDraws: number
  /** Variance from the interaction of images and draws, which both of the others hold. */
  readonly fromBoth: number
}

function sumOfSquares(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2
  return sum
}

/** Sums over draws. */
function overDraws(table: Float64Array, draws: number): Float64Array {
  const result = new Float64Array(table.length / draws)
  for (let at = 0; at < table.length; at++) result[Math.floor(at / draws)]! += table[at]!
  return result
}

/** Sums over rows, one a draw. */
function overRows(table: Float64Array, draws: number): Float64Array {
  const result = new Float64Array(draws)
  for (let at = 0; at < table.length; at++) result[at % draws]! += table[at]!
  return result
}

/** What is left once the means of rows and of columns are taken off. */
function interaction(table: Float64Array, draws: number): Float64Array {
  const [rows, columns] = [overDraws(table, draws), overRows(table, draws)]
  const [count, total] = [rows.length, columns.reduce((sum, value) => sum + value, 0)]
  return table.map((value, at) => {
    const [row, column] = [rows[Math.floor(at / draws)]!, columns[at % draws]!]
    return value - row / draws - column / count + total / (count * draws)
  })
}

/**
 * Squares of what images add, less those of pairs, which two images hold (dyadic clustering: Aronow, Samii, Assenova 2015).
 * At least half, which is what pairs without anything in common give.
 */
function clustered(images: Float64Array, twos: Float64Array): number {
  const all = sumOfSquares(images)
  return Math.max(all - sumOfSquares(twos), all / 2)
}

/**
 * The variance of a statistic: images are the unit of replication, and draws of random weights are another where all images
 * share them (two-way analysis of variance on influences). Undefined with one image, or one shared draw: their spread is
 * not in the rows.
 * @param images how many images have any value
 */
export function spreadOf(cells: Cells, influence: Influence, images: number): Spread | undefined {
  const shared = cells.sharedDraws
  const { draws } = cells
  if (images < 2 || (shared && draws < 2)) return undefined
  const [table, twos] = [byImage(cells, influence), byTwo(cells, influence)]
  const fromImages = (images / (images - 1)) * clustered(overDraws(table, draws), overDraws(twos, draws))
  if (!shared) return { images, draws: 1, fromImages, fromDraws: 0, fromBoth: 0 }
  const ofPairs = overRows(influence.chance, draws)
  const sums = overRows(influence.same, draws).map((sum, draw) => sum + ofPairs[draw]!)
  const both = clustered(interaction(table, draws), interaction(twos, draws))
  return {
    images,
    draws,
    fromImages,
    fromDraws: (draws / (draws - 1)) * sumOfSquares(sums),
    fromBoth: ((images * draws) / ((images - 1) * (draws - 1))) * both,
  }
}

/**
 * Half the width of an interval that misses with a chance of `miss`: each source's variance by the t of its own degrees of
 * freedom (Cochran's approximation). With few draws it errs on the wide side, where Satterthwaite's degrees err on the narrow.
 */
export function halfWidth({ images, draws, fromImages, fromDraws, fromBoth }: Spread, miss = 0.05): number {
  const squared = (variance: number, degrees: number) =>
    variance > 0 ? variance * criticalT(degrees, miss) ** 2 : 0
  const ofImages = squared(fromImages - fromBoth, images - 1)
  return Math.sqrt(draws === 1 ? ofImages : ofImages + squared(fromDraws, draws - 1))
}
