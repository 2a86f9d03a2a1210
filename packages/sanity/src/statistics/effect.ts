import {
  countedBlocks,
  emptyBlocks,
  imagesWithValues,
  meanOfDefined,
  undefinedShare,
  type Cells,
} from './cells.ts'
import { estimate, type Estimate } from './estimate.ts'
import { meanWithInfluence, type Influence } from './influence.ts'
import { spreadOf } from './spread.ts'

/** What one axis does to one variant's maps. */
export interface Effect {
  /** s: similarity between the two conditions on the same image. */
  readonly same: Estimate | undefined
  /** c: the same pair of conditions on different images; undefined with one image only. */
  readonly chance: Estimate | undefined
  /** e = (s - c) / (1 - c): how much of what could be specific to this image survives; not given where c > .95. */
  readonly survival: Estimate | undefined
  /** Share of undefined pairs, in [0, 1]. */
  readonly undefinedShare: number
  readonly images: number
  readonly draws: number
  /** True where a draw changes all images together. */
  readonly sharedDraws: boolean
  /** Steps of the axis, and those of them that no mean counts because no pair is defined there. */
  readonly steps: number
  readonly emptySteps: number
}

/** Above this chance level nothing is left that could be specific to an image. */
const CHANCE_CEILING = 0.95

/** e = (s - c) / (1 - c). */
export function survivalOf(same: number, chance: number): number {
  return (same - chance) / (1 - chance)
}

/** s and c alone, equal weight per block. */
export function meansOf(cells: Cells): { same: number; chance: number } {
  const mean = (of: 'same' | 'chance') =>
    meanOfDefined(countedBlocks(cells, of).map((block) => meanOfDefined(block[of])))
  return { same: mean('same'), chance: mean('chance') }
}

/** Means and 95 % intervals of s, c and e; the influence of a value on e is that on s and c by the chain rule. */
export function effectOf(cells: Cells): Effect {
  const pairs = cells.pairs.length / 2
  const same = meanWithInfluence(countedBlocks(cells, 'same'), 'same', cells.images * cells.draws)
  const chance = meanWithInfluence(countedBlocks(cells, 'chance'), 'chance', pairs * cells.draws)
  const images = imagesWithValues(
    cells.blocks.map((block) => block.same),
    cells.draws,
  )
  const spread = (ofSame: number, ofChance: number) => {
    const influence: Influence = {
      same: same.influence.map((value) => value * ofSame),
      chance: chance.influence.map((value) => value * ofChance),
    }
    return spreadOf(cells, influence, images)
  }
  const rest = 1 - chance.mean
  const ofSurvival = spread(1 / rest, (same.mean - 1) / rest ** 2)
  return {
    same: estimate(same.mean, spread(1, 0), [-1, 1]),
    chance: estimate(chance.mean, spread(0, 1), [-1, 1]),
    survival:
      chance.mean > CHANCE_CEILING
        ? undefined
        : estimate(survivalOf(same.mean, chance.mean), ofSurvival, [-Infinity, 1]),
    undefinedShare: undefinedShare(cells),
    images: cells.images,
    draws: cells.draws,
    sharedDraws: cells.sharedDraws,
    steps: cells.blocks.length,
    emptySteps: emptyBlocks(cells),
  }
}
