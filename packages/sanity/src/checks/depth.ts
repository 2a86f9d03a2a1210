import type { Cells } from '../statistics/cells.ts'
import { meansOf, survivalOf } from '../statistics/effect.ts'

/** e below this counts as lost. */
const LOST = 0.5

/** How many steps of a cascade it takes until e falls below .5; null where it never does. */
export function depthOfLoss(cells: Cells): Record<string, number | null> {
  const depth = cells.blocks.findIndex((block) => {
    const { same, chance } = meansOf({ ...cells, blocks: [block] })
    return survivalOf(same, chance) < LOST
  })
  return { depth: depth < 0 ? null : depth + 1, steps: cells.blocks.length }
}
