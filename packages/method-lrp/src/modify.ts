import type { Modify, Ops, Value } from '@saliency/core'
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

/** Applies a modifier to an input, weight or bias. */
export function modified(ops: Ops, modifier: Modifier, x: Value, bounds: Bounds): Value {
  if (typeof modifier === 'object') {
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

/** A part's modifiers in the form a linear site takes; a zero bias is dropped. */
export function modification(ops: Ops, part: Part, bounds: Bounds): Modify {
  return {
    input: (x) => modified(ops, part.input, x, bounds),
    weight: (w) => modified(ops, part.weight, w, bounds),
    bias: (b) => (part.bias === 'zero' ? undefined : modified(ops, part.bias, b, bounds)),
  }
}
