import { SaliencyError } from '@saliency/core'
import { balancedProduct, balancedSum } from './chefer.ts'
import type { RuleSpec } from './notation.ts'
import { type LrpRule, type OwnRule, plainRules, type Rule } from './rule.ts'
import {
  alphaBeta,
  box,
  captumAlpha1Beta0,
  captumGamma,
  epsilon,
  flat,
  gamma,
  imageBox,
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

/** A rule as composites name it: `name(values)`. */
export interface NamedRule {
  /** What the values are, in order, for messages. */
  readonly takes: readonly string[]
  /** Makes the rule; a value that was left out is undefined. */
  make(values: readonly (number | undefined)[], defaults: RuleDefaults): LrpRule | OwnRule
}

/** Rules by the names that composites call them. */
export type NamedRules = Readonly<Record<string, NamedRule>>

const simple = (make: (stabilizer: number) => LrpRule): NamedRule => ({
  takes: ['stabilizer'],
  make: ([given], { stabilizer }) => make(given ?? stabilizer),
})
const boosted = (make: typeof gamma): NamedRule => ({
  takes: ['gamma', 'stabilizer'],
  make: ([by, given], defaults) => make(given ?? defaults.stabilizer, by ?? defaults.gamma),
})
const twoSided = (make: typeof alphaBeta): NamedRule => ({
  takes: ['alpha', 'beta', 'stabilizer'],
  make: ([a, b, given], defaults) =>
    make(given ?? defaults.stabilizer, a ?? defaults.alpha, b ?? defaults.beta),
})
const unsigned = (make: (epsilon: number) => OwnRule): NamedRule => ({
  takes: ['epsilon'],
  make: ([given], { stabilizer }) => make(given ?? stabilizer),
})

/** The rules of this package. */
export const ownRules: NamedRules = {
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
  'image-box': simple(imageBox),
  'balanced-sum': unsigned(balancedSum),
  'balanced-product': unsigned(balancedProduct),
}

/**
 * The rule that a composite names.
 * @throws INVALID_OPTION for an unknown name, too many values, or `no-bias` where a rule has no denominators of its own.
 */
export function resolveRule(spec: RuleSpec, defaults: RuleDefaults, named: NamedRules): Rule {
  const plain = plainRules.find((name) => name === spec.name)
  if (plain) return plain
  const found = named[spec.name]
  if (!found) {
    const names = [...Object.keys(named), ...plainRules].join(', ')
    throw new SaliencyError('INVALID_OPTION', `lrp: there is no rule '${spec.name}'; there are ${names}.`)
  }
  if (spec.values.length > found.takes.length) {
    const list = found.takes.length > 0 ? found.takes.join(', ') : 'no numbers'
    throw new SaliencyError(
      'INVALID_OPTION',
      `lrp: ${spec.name}(${spec.values.join(', ')}) has too many numbers: it takes ${list}.`,
    )
  }
  const rule = found.make(spec.values, defaults)
  if (!spec.isBiasFree && !defaults.ignoreBias) return rule
  if ('shares' in rule) return withoutBias(rule)
  if (!spec.isBiasFree) return rule
  throw new SaliencyError(
    'INVALID_OPTION',
    `lrp: ${spec.name} cannot be written with 'no-bias': it hands relevance down by itself.`,
  )
}
