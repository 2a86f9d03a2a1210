import { type Check, type Options, resolveOptions, SaliencyError } from '@saliency/core'
import type { Registry } from '../discovery/registry.ts'

/** A check with all of its options. */
export interface SelectedCheck {
  readonly check: Check
  readonly options: Options
}

/**
 * Checks by id, or `[id, options]`.
 * @throws UNKNOWN_CHECK, INVALID_OPTION; INVALID_CONFIG if one is named twice.
 */
export function selectChecks(
  wanted: readonly (string | [string, Options])[],
  registry: Registry,
): SelectedCheck[] {
  const selected = wanted.map((one) => {
    const [id, options] = typeof one === 'string' ? [one, {}] : one
    const check = registry.check(id)
    return { check, options: resolveOptions(id, check.options, options) as Options }
  })
  const ids = selected.map(({ check }) => check.id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined)
    throw new SaliencyError('INVALID_CONFIG', `The check '${twice}' is named twice: name it once.`)
  return selected
}
