import type { Check } from './check.ts'
import { assertOptionSpecs } from './declaration.ts'
import type { OptionSpecs } from './options.ts'

/**
 * Declares a check and checks its options; the object is the plugin. A package may default-export one check or a list of
 * them.
 * @throws INVALID_PLUGIN
 */
export function defineCheck<const S extends OptionSpecs>(check: Check<S>): Check<S> {
  assertOptionSpecs(check.id, check.options)
  return Object.freeze(check)
}
