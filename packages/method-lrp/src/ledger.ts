import type { LedgerEntry, LinearSite, Ops, Value } from '@saliency/core'
import { type LrpContext, propagateRelevance } from './explain.ts'
import type { Portion } from './propagate.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A value summed over everything but the batch, `[n]`. */
function total(ops: Ops, value: Value): Value {
  const axes = value.shape.map((_, axis) => axis).slice(1)
  return ops.reduceSum(value, { axes, keepdims: false })
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
    if (!latest) return { ...place, rule: treatment, bias: none, zero: none }
    const { accounted, zero } = account(ops, latest.portions)
    return { ...place, rule: latest.rule, bias: ops.sub(accounted, leaving), zero }
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
