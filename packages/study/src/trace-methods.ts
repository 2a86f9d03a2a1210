import { messageOf, SaliencyError } from '@saliency/core'
import { resolveSelections, traceVariants, type VariantSet } from '@saliency/explain'
import type { StudyInputs } from './study-inputs.ts'

/** Traces what was selected. @throws INVALID_CONFIG if nothing is left to study */
export function traceMethods({ model, methods, known, external = [] }: StudyInputs): VariantSet {
  const set = traceVariants(
    model.model,
    resolveSelections(methods),
    known ?? methods.map(({ method }) => method),
  )
  if (set.traced.length + set.sampling.length + external.length > 0) return set
  const reasons = set.failures.map(({ variant, error }) => `${variant.id}: ${messageOf(error)}`)
  throw new SaliencyError(
    'INVALID_CONFIG',
    `No variant can explain ${model.model.name}. ${reasons.join(' ')}`,
  )
}
