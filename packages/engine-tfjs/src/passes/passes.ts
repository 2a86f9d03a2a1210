import type { Pass } from '@saliency/core'
import { activatedConvolutions } from './activated-convolutions.ts'
import { finiteComparisons } from './finite-comparisons.ts'
import { masks } from './masks.ts'
import type { FusingPass } from './unit.ts'

/** Passes over the nodes of a plan; the first that finds a pattern at a node counts. */
export const fusingPasses: readonly FusingPass[] = [activatedConvolutions, masks, finiteComparisons]

/** Every rewrite of the graph that this engine makes when it opens a plan. */
export const passes: readonly Pass[] = fusingPasses
