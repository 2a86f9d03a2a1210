import type { Node, Plan, Value } from '@saliency/core'
import { readsOf } from './step.ts'

/** The nodes that the plan's outputs need, in order of execution. */
export function reachableNodes(plan: Plan): readonly Node[] {
  const found = new Set<Node>()
  const open: Value[] = Object.values(plan.outputs)
  for (let value = open.pop(); value; value = open.pop()) {
    if (found.has(value.node)) continue
    found.add(value.node)
    open.push(...readsOf(value.node))
  }
  return [...found].toSorted((a, b) => a.id - b.id)
}
