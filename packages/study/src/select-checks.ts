import { type Check, type Options, resolveOptions, SaliencyError } from '@saliency/core'
import type { ChosenCheck } from './study-inputs.ts'

/** A check with all of its options. */
export interface SelectedCheck {
  readonly check: Check
  readonly options: Options
}

/** The options with another threshold, where the check has one: its own, or a third party's. */
export function withThreshold(check: Check, options: Options, threshold: number | undefined): Options {
  return threshold !== undefined && 'threshold' in check.options ? { ...options, threshold } : options
}

/**
 * Gives checks all of their options.
 * @param threshold replaces that of every check that has one
 * @throws INVALID_OPTION; INVALID_CONFIG if one is named twice.
 */
export function selectChecks(chosen: readonly ChosenCheck[], threshold?: number): SelectedCheck[] {
  const selected = chosen.map(({ check, options = {} }) => {
    const used = withThreshold(check, options, threshold)
    return { check, options: resolveOptions(check.id, check.options, used) as Options }
  })
  const ids = selected.map(({ check }) => check.id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined)
    throw new SaliencyError('INVALID_CONFIG', `The check '${twice}' is named twice: name it once.`)
  return selected
}
