import type { Resampling } from '../axis/resampling.ts'
import type { Cells } from '../statistics/cells.ts'
import { means } from '../statistics/cells.ts'
import { survivalOf } from '../statistics/effect.ts'

/** e below this counts as lost. */
const LOST = 0.5

/** How many steps of a cascade it takes until e falls below .5; null where it never does. */
export function depthOfLoss(cells: Cells, _resampling: Resampling): Record<string, number | null> {
  const images = new Float64Array(cells.images).fill(1)
  const draws = new Float64Array(cells.draws).fill(1)
  const depth = cells.blocks.findIndex((block) => {
    const { same, chance } = means({ ...cells, blocks: [block] }, images, draws)
    return survivalOf(same, chance) < LOST
  })
  return { depth: depth < 0 ? null : depth + 1, steps: cells.blocks.length }
}
