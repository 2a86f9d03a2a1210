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
  /**
   * True where one draw changes all images together, as random weights do: then another draw could move all of them, and
   * draws are a unit of replication. False where every image has draws of its own (classes), or none.
   */
  readonly sharedDraws: boolean
  /** Images i and j of each pair, as positions among the images: `[pairs, 2]`. */
  readonly pairs: Uint32Array
  /** One block a step, each of equal weight. */
  readonly blocks: readonly Block[]
}

/** Mean of the values that are defined; NaN if none is. */
export function meanOfDefined(values: Iterable<number>): number {
  let [sum, count] = [0, 0]
  for (const value of values) {
    if (Number.isNaN(value)) continue
    sum += value
    count++
  }
  return sum / count
}

/** Blocks that means count: those with an s and a c; where no block has both, those that have the one asked for. */
export function countedBlocks(cells: Cells, of: 'same' | 'chance'): readonly Block[] {
  const has = (block: Block, name: 'same' | 'chance') => block[name].some((value) => !Number.isNaN(value))
  const both = cells.blocks.filter((block) => has(block, 'same') && has(block, 'chance'))
  return both.length > 0 ? both : cells.blocks.filter((block) => has(block, of))
}

/** How many blocks have no defined s, or pairs of different images and no defined c among them. */
export function emptyBlocks({ blocks }: Cells): number {
  const isEmpty = (values: Float64Array) => values.every(Number.isNaN)
  return blocks.filter(({ same, chance }) => isEmpty(same) || (chance.length > 0 && isEmpty(chance))).length
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

/** How many images have a value in any of these tables `[images, draws]`. */
export function imagesWithValues(tables: readonly Float64Array[], draws: number): number {
  const found = new Set<number>()
  for (const table of tables)
    table.forEach((value, at) => Number.isNaN(value) || found.add(Math.floor(at / draws)))
  return found.size
}
