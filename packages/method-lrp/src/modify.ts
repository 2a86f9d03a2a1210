import type { LinearSite, Modify, Ops, Value } from '@saliency/core'
import { unitWeight } from './unit-weight.ts'
import type { Modifier, Part } from './rule.ts'

/** The lowest and highest value of every pixel `x [n, c, h, w]`, in a shape that broadcasts over it. */
export interface Bounds {
  low(x: Value): Value
  high(x: Value): Value
}

const positive = (ops: Ops, x: Value) => ops.relu(x)
/** Vanishes for x ≥ 0 by what is known of signs. */
const negative = (ops: Ops, x: Value) => ops.min(x, 0)

/** One for all images of a batch, since it depends on none of them. */
function shared(x: Value): Value['shape'] {
  return x.shape[0] === 'n' ? [1, ...x.shape.slice(1)] : x.shape
}

/** Whether a modifier is x + by · x⁺, or x + by · x⁻. */
export function isBoost(modifier: Modifier): modifier is Extract<Modifier, { boost: string }> {
  return typeof modifier === 'object'
}

/** Applies a modifier to an input, weight or bias. */
export function modified(ops: Ops, modifier: Modifier, x: Value, bounds: Bounds): Value {
  if (typeof modifier === 'function') return modifier(x, ops)
  if (isBoost(modifier)) {
    const half = modifier.boost === 'positive' ? positive(ops, x) : negative(ops, x)
    return ops.add(x, ops.mul(half, modifier.by))
  }
  switch (modifier) {
    case 'keep':
      return x
    case 'zero':
      return ops.fill(shared(x), 0)
    case 'ones':
      return ops.fill(shared(x), 1)
    case 'square':
      return ops.mul(x, x)
    case 'positive':
      return positive(ops, x)
    case 'negative':
      return negative(ops, x)
    case 'above-low':
      return ops.sub(x, bounds.low(x))
    case 'below-high':
      return ops.sub(x, bounds.high(x))
  }
}

/** What a modifier makes of a weight of 1 or −1. */
function modifiedUnit(modifier: Exclude<Modifier, (...given: never[]) => Value>, weight: 1 | -1): number {
  const sign = weight > 0 ? 'positive' : 'negative'
  if (isBoost(modifier)) return modifier.boost === sign ? weight * (1 + modifier.by) : weight
  switch (modifier) {
    case 'zero':
      return 0
    case 'ones':
    case 'square':
      return 1
    case 'positive':
    case 'negative':
      return modifier === sign ? weight : 0
    default:
      return weight
  }
}

/** A part's modifiers in the form a linear site takes; a zero bias is dropped. */
export function modification(site: LinearSite, part: Part, bounds: Bounds): Modify {
  const { ops } = site
  /** Sums and pools have no weights to change: what their ±1 would become is multiplied into the input. */
  function input(x: Value): Value {
    const sign = unitWeight(site, x)
    const changed = () => modified(ops, part.input, x, bounds)
    if (sign === undefined) return changed()
    if (typeof part.weight === 'function')
      return ops.mul(changed(), ops.mul(part.weight(ops.constant(sign), ops), sign))
    const ratio = sign * modifiedUnit(part.weight, sign)
    if (ratio === 0) return ops.fill(shared(x), 0)
    return ratio === 1 ? changed() : ops.mul(changed(), ratio)
  }
  return {
    input,
    weight: (w) => modified(ops, part.weight, w, bounds),
    bias: (b) => (part.bias === 'zero' ? undefined : modified(ops, part.bias, b, bounds)),
  }
}
