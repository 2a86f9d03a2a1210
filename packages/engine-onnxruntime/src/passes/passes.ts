import type { Pass } from '@saliency/core'
import { masks } from './masks.ts'

/** Every rewrite of the graph that this engine makes when it opens a plan. */
export const passes: readonly Pass[] = [masks]
