import type { Linear, LinearSite, Ops, Value } from '@saliency/core'
import { type Bounds, isBoost, modification, modified } from './modify.ts'
import type { LrpRule, Part, Share } from './rule.ts'
import { divide, type Division, factorOf } from './stabilize.ts'

/** What a rule needs besides the site. */
export interface Settings extends Division {
  readonly bounds: Bounds
}

/** One share worked out at a site: its fraction Rⱼ/zⱼ, the denominator, and what each input receives. */
export interface Portion {
  /** What was shared: the signal, limited to the outputs the share is for. */
  readonly shared: Value
  readonly factor: number
  /** factor · shared / denominator. */
  readonly fraction: Value
  readonly denominator: Value
  readonly received: readonly Value[]
}

const times = (ops: Ops, x: Value, factor: number) =>
  factor === 1 ? x : factor === -1 ? ops.neg(x) : ops.mul(x, factor)
const total = (ops: Ops, terms: readonly Value[]): Value => terms.reduce((sum, term) => ops.add(sum, term))

/** The signal where the operator's own output has the wanted sign, else zero. */
function limited(site: LinearSite, only: Share['only'], { bounds, routes }: Settings): Value {
  const { ops, signal, output } = site
  if (!only) return signal
  // Relevance of a ReLU's output is zero where the output is: nothing arrives at negative sums.
  if (routes.rectifiedBy(signal, output)) return only === 'positive' ? signal : ops.fill(signal.shape, 0)
  const other = factorOf(signal, output)
  if (other) return ops.mul(other, modified(ops, only, output, bounds))
  const isWanted = only === 'positive' ? ops.greater(output, 0) : ops.less(output, 0)
  return ops.mul(signal, ops.cast(isWanted, 'float32'))
}

/**
 * z′ = x′w′ + b′. With a boosted weight, x(w + γw⁺) = xw + γxw⁺: the first sum is the operator's own output, the second is
 * what other rules of the same graph divide by, so that no convolution is made for it alone.
 */
function outputOf(
  site: LinearSite,
  { weight, bias }: Part,
  { inputs, output }: Linear,
  only: Share['only'],
  { bounds }: Settings,
): Value {
  const { ops } = site
  if (!isBoost(weight) || inputs.some((x, index) => x !== site.inputs[index])) return output
  const isBoosted = isBoost(bias)
  const of = (one: Part) => site.linear(modification(site, one, bounds)).output
  const plain = of({ input: 'keep', weight: 'keep', bias: isBoosted ? 'keep' : bias })
  const half = of({ input: 'keep', weight: weight.boost, bias: isBoosted ? bias.boost : 'zero' })
  // A share for positive outputs divides nothing elsewhere, so its denominators need no sign.
  const own = plain === site.output ? modified(ops, only ?? 'keep', plain, bounds) : plain
  return ops.add(own, ops.mul(half, weight.by))
}

function portionOf(site: LinearSite, share: Share, rule: LrpRule, settings: Settings): Portion {
  const { ops } = site
  const linears: Linear[] = share.parts.map((part) => site.linear(modification(site, part, settings.bounds)))
  const outputs = share.parts.map((part, index) =>
    outputOf(site, part, linears[index] as Linear, share.only, settings),
  )
  const denominator = total(ops, outputs)
  const shared = limited(site, share.only, settings)
  const quotient = divide(ops, shared, denominator, rule.stabilizer, settings)
  const fraction = times(ops, quotient, share.factor)
  const products = linears.map(({ inputs, transpose }) => {
    const carried = transpose(fraction)
    return inputs.map((input, index) => ops.mul(input, carried[index] as Value))
  })
  const received = site.inputs.map((_, index) =>
    total(
      ops,
      products.map((each) => each[index] as Value),
    ),
  )
  return { shared, factor: share.factor, fraction, denominator, received }
}

/** Hands the relevance at a linear operator's output down to its data inputs by a rule; `observe` sees each share of it. */
export function propagate(
  site: LinearSite,
  rule: LrpRule,
  settings: Settings,
  observe?: (portions: readonly Portion[]) => void,
): readonly Value[] {
  const portions = rule.shares.map((share) => portionOf(site, share, rule, settings))
  observe?.(portions)
  return site.inputs.map((_, index) =>
    total(
      site.ops,
      portions.map(({ received }) => received[index] as Value),
    ),
  )
}
