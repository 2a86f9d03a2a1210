import type { ExplainContext, Signals } from '@saliency/core'
import { propagateRelevance } from '../explain.ts'
import { type LrpOptions, optionsFor } from '../options.ts'
import { shipped } from '../vocabulary.ts'
import type { attributionOptions } from './options.ts'

const composites = { 'z-plus': 'transformer-attribution', signed: 'transformer-attribution-signed' } as const

const defaults = Object.fromEntries(
  Object.entries(optionsFor(Object.keys(shipped.composites))).map(([name, spec]) => [name, spec.default]),
) as LrpOptions

/** The authors' relevance, walked down from 1. */
export function relevanceWalk(context: ExplainContext<typeof attributionOptions>): Signals {
  const composite = composites[context.options.relevance]
  const options = { ...defaults, composite, epsilon: 1e-9, stabilizer: 1e-9 }
  return propagateRelevance({ ...context, options }, shipped)
}
