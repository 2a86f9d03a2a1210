import type { Plan } from '../engine.ts'
import type { Node, Value } from '../graph/value.ts'

/**
 * A plan in which other values stand for some, and what reads them is built again.
 * @param nodes of the plan, each after what it reads
 * @param replacement what stands for a value, built of what its inputs became; undefined where it stays
 */
export function replaceIn(
  plan: Plan,
  nodes: readonly Node[],
  replacement: (value: Value, now: (value: Value) => Value) => Value | undefined,
): Plan {
  const replaced = new Map<Value, Value>()
  const now = (value: Value) => replaced.get(value) ?? value
  for (const { op, inputs, attributes, outputs } of nodes) {
    const [first] = outputs as readonly [Value]
    const other = replacement(first, now)
    if (other) replaced.set(first, other)
    else if (inputs.some((value) => replaced.has(value))) {
      const again = first.graph.build(op, inputs.map(now), attributes)
      for (const [slot, value] of again.entries()) replaced.set(outputs[slot] as Value, value)
    }
  }
  return {
    outputs: Object.fromEntries(Object.entries(plan.outputs).map(([name, value]) => [name, now(value)])),
  }
}
