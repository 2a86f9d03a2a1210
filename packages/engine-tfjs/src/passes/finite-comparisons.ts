import type { Node } from '@saliency/core'
import { readsFinite, type FusingPass, type PlanFacts, type Unit } from './unit.ts'

function comparison(node: Node, facts: PlanFacts): Unit | undefined {
  if ((node.op !== 'Greater' && node.op !== 'Less') || !readsFinite(node, facts)) return undefined
  return { form: 'finite-comparison', node, inputs: node.inputs, outputs: node.outputs }
}

/** Compares numbers by the sign of their difference. */
export const finiteComparisons: FusingPass = {
  name: 'finite-comparisons',
  when: 'engine',
  does: 'On WebAssembly, a comparison takes the sign of the difference, because the comparing kernels broadcast operands number by number.',
  needs: 'Numbers are compared by > or <, and both operands are finite.',
  rewrite: comparison,
}
