import { messageOf, SaliencyError } from '@saliency/core'
import { resolveSelections, type Selection, traceVariants, type VariantSet } from '@saliency/explain'
import type { Registry } from '../discovery/registry.ts'
import { selectMethods } from '../discovery/selection.ts'
import type { StudyParts } from './parts.ts'
import type { Settings } from './settings.ts'

/** What is studied, and the ids of what `all` leaves out. */
interface Selected {
  readonly chosen: Selection[]
  readonly leftOut: readonly string[]
}

/** The variants that a configuration names. */
export function selectionsOf({ methods, preset }: Settings, registry: Registry): Selected {
  const selections = selectMethods(methods, registry)
  // Methods that average over many samples multiply the cost: a study of all leaves them out unless they are named.
  const isAll = methods.includes('all') || preset === 'study'
  const isChosen = ({ method }: Selection) =>
    method.kind !== 'sampling' ||
    !isAll ||
    methods.some((one) => (typeof one === 'string' ? one : one[0]).startsWith(method.id))
  const left = selections.filter((one) => !isChosen(one)).map(({ method }) => method.id)
  return { chosen: selections.filter(isChosen), leftOut: [...new Set(left)] }
}

/** Traces what was selected. @throws INVALID_CONFIG if nothing is left to study */
export function variantsFor({ model, registry }: StudyParts, chosen: readonly Selection[]): VariantSet {
  const selections = resolveSelections(chosen)
  const set = traceVariants(model.model, selections, registry.methods)
  if (set.traced.length + set.sampling.length > 0) return set
  const reasons = set.failures.map(({ variant, error }) => `${variant.id}: ${messageOf(error)}`)
  throw new SaliencyError(
    'INVALID_CONFIG',
    `No variant can explain ${model.model.name}. ${reasons.join(' ')}`,
  )
}
