import type { ExplainContext, RuleTable, Site, Value } from '@saliency/core'

/** Keeps the quotient finite where a window is all zero (the authors' value). */
const epsilon = 1e-10

type Backward = ExplainContext['backward']

/** a · P⊤(R / (P a + ε)) with average pooling P in the place of the maximum: every input gets its share. */
function share(backward: Backward, { inputs, signal, ops }: Site, pool: (a: Value) => Value): Value {
  const a = inputs[0] as Value
  const mean = pool(a)
  const quotient = ops.div(signal, ops.add(mean, epsilon))
  return ops.mul(a, backward({ from: mean, start: quotient, until: a }).at(a))
}

/** Proportional redistribution at max pooling (`rectgradprr` in the authors' code). */
export function prrRule(backward: Backward): RuleTable {
  return {
    MaxPool: (site) => [share(backward, site, (a) => site.ops.averagePool(a, site.node.attributes))],
    GlobalMaxPool: (site) => [share(backward, site, (a) => site.ops.globalAveragePool(a))],
  }
}
