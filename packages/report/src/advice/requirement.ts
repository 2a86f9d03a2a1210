import { nearest, SaliencyError } from '@saliency/core'
import type { StudySummary } from '../study.ts'
import { axes, axisOf, verdictsOn } from './axes.ts'

/** One outcome that a variant must have. */
export interface Requirement {
  readonly variant: string
  readonly axis: string
  readonly outcome: string
}

/** A requirement beside what the study found. */
export interface Required extends Requirement {
  readonly holds: boolean
  /** The outcome, or why there is none. */
  readonly found: string
}

const dependence = ['depends', 'does not depend', 'static', 'changes by sign only', 'not applicable']

/** What a variant can be found to do on each axis. */
const outcomesOf: Readonly<Record<string, readonly string[]>> = {
  class: dependence,
  parameters: dependence,
  data: dependence,
  sign: ['the sign holds', 'the sign does not hold', 'the sign is reversed'],
  truth: ['finds the grafted truth', 'finds it for any class', 'misses the grafted truth'],
  parts: ['finds the parts', 'ranks the parts otherwise', 'confuses the objects'],
}

/** The outcomes of an axis, those that say nothing behind the others; of a check of one's own, all of them. */
function possible(axis: string): readonly string[] {
  const own = outcomesOf[axisOf(axis)] ?? [...new Set(Object.values(outcomesOf).flat())]
  return [...own, 'undecided', 'undefined']
}

function refuse(text: string, why: string): never {
  throw new SaliencyError(
    'INVALID_OPTION',
    `--require '${text}': ${why} Write METHOD/VARIANT: AXIS=OUTCOME, …, for instance 'gradcampp/gradcam: class=depends, parameters=depends'.`,
  )
}

function suggested(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === undefined ? `There are ${known.join(', ')}.` : `Did you mean '${near}'?`
}

/**
 * Reads `METHOD/VARIANT: AXIS=OUTCOME, …`; an axis is class, parameters, data, sign, truth, parts, or the id of a check.
 * @throws INVALID_OPTION for an unknown variant, axis or outcome, with the nearest known one
 */
export function parseRequirement(
  text: string,
  known: { readonly variants: readonly string[]; readonly checks: readonly string[] },
): Requirement[] {
  const colon = text.indexOf(':')
  if (colon < 0) refuse(text, 'there is no colon behind the variant.')
  const variant = text.slice(0, colon).trim()
  if (!known.variants.includes(variant))
    refuse(text, `the study has no variant '${variant}'. ${suggested(variant, known.variants)}`)
  const names = [...Object.keys(axes).filter((axis) => known.checks.includes(axes[axis]!)), ...known.checks]
  return text
    .slice(colon + 1)
    .split(',')
    .map((part): Requirement => {
      const [axis = '', outcome = ''] = part.split('=').map((word) => word.trim())
      if (!names.includes(axis)) refuse(text, `the study has no axis '${axis}'. ${suggested(axis, names)}`)
      const outcomes = possible(axis)
      if (!outcomes.includes(outcome))
        refuse(text, `the axis '${axis}' has no outcome '${outcome}'. ${suggested(outcome, outcomes)}`)
      return { variant, axis, outcome }
    })
}

/** Compares requirements with a judged study. */
export function checkRequirements(requirements: readonly Requirement[], summary: StudySummary): Required[] {
  return requirements.map((requirement) => {
    const id = axes[requirement.axis] ?? requirement.axis
    const found = verdictsOn(requirement.variant, summary).find(({ check }) => check === id)
    const outcome = found?.outcome ?? 'not judged'
    return { ...requirement, holds: outcome === requirement.outcome, found: outcome }
  })
}
