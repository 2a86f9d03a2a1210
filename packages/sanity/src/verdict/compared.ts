import type { Cells } from '../statistics/cells.ts'
import { intersect, type TableIndex } from './table.ts'

/** What of a variant is compared with its counterpart's: similarities on the same image, `[images, draws]` for each step. */
export interface Compared {
  readonly index: TableIndex
  readonly same: readonly Float64Array[]
}

/** What of a variant's cells a contrast needs. */
export function comparedOf(index: TableIndex, { blocks }: Cells): Compared {
  return { index, same: blocks.map(({ same }) => same) }
}

/** Where some of the items of a list stand in it. */
function placesOf<T>(items: readonly T[], all: readonly T[]): number[] {
  const places = new Map(all.map((item, at) => [item, at]))
  return items.map((item) => places.get(item) as number)
}

/** Those of a variant's similarities that an index names. Contrasts take no pairs of different images. */
function restricted({ index, same }: Compared, to: TableIndex, sharedDraws: boolean): Cells {
  const [images, draws] = [placesOf(to.images, index.images), placesOf(to.draws, index.draws)]
  const blocks = placesOf(to.steps, index.steps).map((step) => {
    const table = same[step] as Float64Array
    const kept = new Float64Array(images.length * draws.length)
    let at = 0
    for (const image of images)
      for (const draw of draws) kept[at++] = table[image * index.draws.length + draw] as number
    return { same: kept, chance: new Float64Array() }
  })
  return { images: images.length, draws: draws.length, sharedDraws, pairs: new Uint32Array(), blocks }
}

/** Two variants on the images, draws and steps that both have. */
export function onCommon(a: Compared, b: Compared, sharedDraws: boolean): readonly [Cells, Cells] {
  const common = intersect(a.index, b.index)
  return [restricted(a, common, sharedDraws), restricted(b, common, sharedDraws)]
}
