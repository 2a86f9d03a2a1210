import type { LedgerEntry, LinearSite, Ops, Value } from '@saliency/core'
import { constantsOf, namesOf } from './constants.ts'
import { type LrpContext, propagateRelevance } from './explain.ts'
import type { Portion } from './propagate.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A value summed over everything but the batch, `[n]`, whichever axis that is, and if windows are counted on it too. */
function total(ops: Ops, value: Value): Value {
  const batch = Math.max(
    value.shape.findIndex((dim) => typeof dim !== 'number'),
    0,
  )
  const axes = value.shape.map((_, axis) => axis).filter((axis) => axis !== batch)
  const sums = ops.reduceSum(value, { axes, keepdims: false })
  const [dim = 'n'] = sums.shape
  const windows = typeof dim === 'string' && dim !== 'n' ? Number.parseInt(dim, 10) : 1
  return windows === 1
    ? sums
    : ops.reduceSum(ops.reshape(sums, ['n', windows]), { axes: [1], keepdims: false })
}

const sum = (ops: Ops, values: readonly Value[]): Value => values.reduce((a, b) => ops.add(a, b))

/** Σⱼ of what the denominators account for, and of what arrived where they are zero. */
function account(ops: Ops, portions: readonly Portion[]): { accounted: Value; zero: Value } {
  const each = portions.map(({ shared, factor, fraction, denominator }) => ({
    accounted: total(ops, ops.mul(fraction, denominator)),
    zero: ops.mul(total(ops, ops.where(ops.equal(denominator, 0), shared, 0)), factor),
  }))
  return {
    accounted: sum(
      ops,
      each.map(({ accounted }) => accounted),
    ),
    zero: sum(
      ops,
      each.map(({ zero }) => zero),
    ),
  }
}

/**
 * Where relevance goes, operator by operator from the logits down. By linearity Σᵢ x′ᵢ(W′ᵀs)ᵢ = Σⱼ sⱼ(W′x′)ⱼ, so what the
 * denominators account for and the inputs did not receive is the bias's; what is missing beyond that and beyond zero
 * denominators went to the stabiliser, or the rule's factors do not sum to one.
 */
export function ledgerOf(context: LrpContext, vocabulary: Vocabulary): readonly LedgerEntry[] {
  const { ops } = context
  const entries: LedgerEntry[] = []
  let latest: { readonly rule: string; readonly portions: readonly Portion[] } | undefined

  function entryOf(site: LinearSite, treatment: string, received: readonly Value[]): LedgerEntry {
    const { node, signal } = site
    const leaving = sum(
      ops,
      received.map((value) => total(ops, value)),
    )
    const place = {
      ...(node.layer !== undefined && { layer: node.layer }),
      operator: node.op,
      arriving: total(ops, signal),
      leaving,
    }
    const none = ops.fill(['n'], 0)
    const constants = constantsOf(site)
    const names = {
      ...(constants.length > 0 && {
        constants: constants.flatMap((value) => namesOf(value, node, context.model)),
      }),
    }
    if (!latest) {
      // Without denominators, what no signal received went to what is none.
      const bias = constants.length > 0 ? ops.sub(place.arriving, leaving) : none
      return { ...place, ...names, rule: treatment, bias, zero: none }
    }
    const { accounted, zero } = account(ops, latest.portions)
    return { ...place, ...names, rule: latest.rule, bias: ops.sub(accounted, leaving), zero }
  }

  propagateRelevance(context, vocabulary, {
    shares(rule, portions) {
      latest = { rule, portions }
    },
    operator(site, treatment, received) {
      entries.push(entryOf(site, treatment, received))
      latest = undefined
    },
  })
  return entries
}
