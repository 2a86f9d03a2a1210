import { meanOfDefined, type Block, type Cells } from './cells.ts'

/** What each similarity adds to the deviation of a statistic, to first order (its influence); 0 where it is undefined. */
export interface Influence {
  /** `[images, draws]` */
  readonly same: Float64Array
  /** `[pairs, draws]` */
  readonly chance: Float64Array
}

/** The mean of one table over blocks of equal weight, and the influence of each of its places. */
export function meanWithInfluence(
  blocks: readonly Block[],
  of: keyof Block,
  size: number,
): { mean: number; influence: Float64Array } {
  const influence = new Float64Array(size)
  const means = blocks.map((block) => {
    const values = block[of]
    const mean = meanOfDefined(values)
    const defined = values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0)
    values.forEach((value, at) => {
      if (!Number.isNaN(value)) influence[at]! += (value - mean) / (defined * blocks.length)
    })
    return mean
  })
  return { mean: meanOfDefined(means), influence }
}

/** Influence of each image under each draw, `[images, draws]`: a pair counts for both of its images. */
export function byImage({ draws, pairs }: Cells, { same, chance }: Influence): Float64Array {
  const result = Float64Array.from(same)
  for (let at = 0; at < chance.length; at++) {
    const pair = Math.floor(at / draws)
    for (const image of [pairs[2 * pair]!, pairs[2 * pair + 1]!])
      result[image * draws + (at % draws)]! += chance[at]!
  }
  return result
}

/** Influence of each two images that were compared, `[pairs of images, draws]`, whichever of them came first. */
export function byTwo({ images, draws, pairs }: Cells, { chance }: Influence): Float64Array {
  const places = new Map<number, number>()
  const result = new Float64Array(chance.length)
  for (let pair = 0; pair < pairs.length / 2; pair++) {
    const [a, b] = [pairs[2 * pair]!, pairs[2 * pair + 1]!]
    const key = Math.min(a, b) * images + Math.max(a, b)
    if (!places.has(key)) places.set(key, places.size)
    const place = places.get(key)!
    for (let draw = 0; draw < draws; draw++) result[place * draws + draw]! += chance[pair * draws + draw]!
  }
  return result
}
