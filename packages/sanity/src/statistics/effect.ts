import { collapse, emptyBlocks, forEachResample, means, undefinedShare, type Cells } from './cells.ts'
import { estimate, type Estimate } from './estimate.ts'
import type { Resamples } from './resample.ts'

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
  /** Steps of the axis, and those of them that no mean counts because no pair is defined there. */
  readonly steps: number
  readonly emptySteps: number
  /** Resamples, and how many of them at most (of s, c and e) have no value and are left out of an interval. */
  readonly resamples: number
  readonly droppedResamples: number
}

/** Above this chance level nothing is left that could be specific to an image. */
const CHANCE_CEILING = 0.95

/** e = (s - c) / (1 - c). */
export function survivalOf(same: number, chance: number): number {
  return (same - chance) / (1 - chance)
}

/** Means and 95 % intervals of s, c and e, all three from the same resamples of images and draws. */
export function effectOf(cells: Cells, resamples: Resamples): Effect {
  const compact = collapse(cells)
  const ones = (size: number) => new Float64Array(size).fill(1)
  const { same, chance } = means(compact, ones(cells.images), ones(cells.draws))
  const replicates: { same: number[]; chance: number[]; survival: number[] } = {
    same: [],
    chance: [],
    survival: [],
  }
  forEachResample(resamples, (images, draws) => {
    const replicate = means(compact, images, draws)
    replicates.same.push(replicate.same)
    replicates.chance.push(replicate.chance)
    replicates.survival.push(survivalOf(replicate.same, replicate.chance))
  })
  const estimates = {
    same: estimate(same, replicates.same),
    chance: estimate(chance, replicates.chance),
    survival: chance > CHANCE_CEILING ? undefined : estimate(survivalOf(same, chance), replicates.survival),
  }
  return {
    ...estimates,
    undefinedShare: undefinedShare(cells),
    images: cells.images,
    draws: cells.draws,
    steps: cells.blocks.length,
    emptySteps: emptyBlocks(cells),
    resamples: resamples.count,
    droppedResamples: Math.max(...Object.values(estimates).map((one) => one?.dropped ?? 0)),
  }
}
