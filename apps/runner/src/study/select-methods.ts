import type { Selection } from '@saliency/explain'
import type { Registry } from '../discovery/registry.ts'
import { selectMethods } from '../discovery/selection.ts'
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
