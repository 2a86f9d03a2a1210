import { activatedConvolutions } from './activated-convolutions.ts'
import { finiteComparisons } from './finite-comparisons.ts'
import { masks } from './masks.ts'
import type { FusingPass } from './unit.ts'

/** Passes over the nodes of a plan; the first that finds a pattern at a node counts. */
export const fusingPasses: readonly FusingPass[] = [activatedConvolutions, masks, finiteComparisons]
