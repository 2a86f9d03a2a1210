import { SaliencyError } from '@saliency/core'

/** A rule by name with its arguments, `alpha-beta(2, 1)`; the word `no-bias` leaves the bias out of the denominators. */
export interface RuleSpec {
  readonly name: string
  readonly values: readonly number[]
  readonly isBiasFree: boolean
}

/** One line of a composite: what it applies to, and the rule. */
export interface Entry {
  /** `first`, `last`, `conv`, `dense`, `sum`, `pool`, `batch-norm`, `activation`, `norm`, `product`, `softmax`, `attention`, `*` (every convolution and dense layer), or a layer name with `*` for any text. */
  readonly selector: string
  readonly rule: RuleSpec
}

/** Selectors that name a kind of operator or a position; anything else is a layer's name. */
export const keywords = [
  'first',
  'last',
  'conv',
  'dense',
  'sum',
  'pool',
  'batch-norm',
  'activation',
  'norm',
  'product',
  'softmax',
  'attention',
  '*',
] as const

function malformed(text: string, why: string): SaliencyError {
  return new SaliencyError(
    'INVALID_OPTION',
    `lrp: '${text}' in a list of rules ${why}. Write selector=rule, separated by ';', for instance 'first=flat; conv=alpha-beta(2, 1); dense=epsilon(1e-6, no-bias)'.`,
  )
}

function parseRule(text: string): RuleSpec {
  const match = /^([a-z][a-z0-9-]*)\s*(?:\(([^()]*)\))?$/.exec(text)
  if (!match?.[1]) throw malformed(text, 'is not a rule')
  const words = (match[2] ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  const numbers = words.filter((word) => word !== 'no-bias')
  const values = numbers.map(Number)
  const wrong = numbers.find((_, index) => !Number.isFinite(values[index]))
  if (wrong !== undefined) throw malformed(text, `has the argument '${wrong}', which is not a number`)
  return { name: match[1], values, isBiasFree: words.length > numbers.length }
}

/**
 * Reads a composite: entries `selector=rule` separated by `;`, of which the first that fits an operator counts.
 * @throws INVALID_OPTION quoting the entry that is wrong.
 */
export function parseComposite(text: string): readonly Entry[] {
  const entries = text
    .split(';')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  return entries.map((entry) => {
    const at = entry.lastIndexOf('=')
    if (at < 1) throw malformed(entry, "has no '='")
    return { selector: entry.slice(0, at).trim(), rule: parseRule(entry.slice(at + 1).trim()) }
  })
}

/** Whether a layer's name fits a pattern in which `*` stands for any text. */
export function matchesName(pattern: string, name: string): boolean {
  const source = pattern.split('*').map((piece) => piece.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${source.join('.*')}$`).test(name)
}
