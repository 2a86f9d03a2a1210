import { SaliencyError } from '@saliency/core'
import type { RuleSpec } from './notation.ts'
import type { LrpRule } from './rule.ts'
import {
  alphaBeta,
  box,
  captumAlpha1Beta0,
  captumGamma,
  epsilon,
  flat,
  gamma,
  innvestigateAlphaBeta,
  withoutBias,
  wSquare,
  zennitWSquare,
  zPlus,
  zPlusFast,
} from './rules.ts'

/** What a rule takes where its arguments are left out. */
export interface RuleDefaults {
  readonly epsilon: number
  readonly stabilizer: number
  readonly gamma: number
  readonly alpha: number
  readonly beta: number
  readonly ignoreBias: boolean
}

/** A rule of another kind than fractions: relevance unchanged, or the ordinary gradient. */
export type PlainRule = 'pass' | 'gradient'

interface Named {
  /** The arguments, for messages. */
  readonly takes: readonly string[]
  make(values: readonly number[], defaults: RuleDefaults): LrpRule
}

const simple = (make: (stabilizer: number) => LrpRule): Named => ({
  takes: ['stabilizer'],
  make: ([given], { stabilizer }) => make(given ?? stabilizer),
})
const boosted = (make: typeof gamma): Named => ({
  takes: ['gamma', 'stabilizer'],
  make: ([by, given], defaults) => make(given ?? defaults.stabilizer, by ?? defaults.gamma),
})
const twoSided = (make: typeof alphaBeta): Named => ({
  takes: ['alpha', 'beta', 'stabilizer'],
  make: ([a, b, given], defaults) =>
    make(given ?? defaults.stabilizer, a ?? defaults.alpha, b ?? defaults.beta),
})

const named: Readonly<Record<string, Named>> = {
  zero: { takes: [], make: () => ({ ...epsilon(0), name: 'zero' }) },
  epsilon: { takes: ['epsilon'], make: ([given], defaults) => epsilon(given ?? defaults.epsilon) },
  gamma: boosted(gamma),
  'z-plus': simple(zPlus),
  'alpha-beta': twoSided(alphaBeta),
  box: simple(box),
  'w-square': simple(wSquare),
  flat: simple(flat),
  'captum-gamma': boosted(captumGamma),
  'captum-alpha1-beta0': simple(captumAlpha1Beta0),
  'innvestigate-alpha-beta': twoSided(innvestigateAlphaBeta),
  'z-plus-fast': simple(zPlusFast),
  'zennit-w-square': simple(zennitWSquare),
}

/** Every rule's name, for messages and the documentation. */
export const ruleNames: readonly string[] = [...Object.keys(named), 'pass', 'gradient']

/**
 * The rule that a composite names.
 * @throws INVALID_OPTION for an unknown name or too many arguments.
 */
export function resolveRule(spec: RuleSpec, defaults: RuleDefaults): LrpRule | PlainRule {
  if (spec.name === 'pass' || spec.name === 'gradient') return spec.name
  const found = named[spec.name]
  if (!found) {
    throw new SaliencyError(
      'INVALID_OPTION',
      `lrp: there is no rule '${spec.name}'; there are ${ruleNames.join(', ')}.`,
    )
  }
  if (spec.values.length > found.takes.length) {
    const list = found.takes.length > 0 ? found.takes.join(', ') : 'no numbers'
    throw new SaliencyError(
      'INVALID_OPTION',
      `lrp: ${spec.name} got ${spec.values.length} numbers; it takes ${list}.`,
    )
  }
  const rule = found.make(spec.values, defaults)
  return spec.isBiasFree || defaults.ignoreBias ? withoutBias(rule) : rule
}
