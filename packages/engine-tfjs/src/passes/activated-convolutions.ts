import { isNode, type Node } from '@saliency/core'
import type { FusingPass, PlanFacts, Unit } from './unit.ts'

function activated(node: Node, { readers }: PlanFacts): Unit | undefined {
  const [x] = node.inputs
  if (node.op !== 'Relu' || !x || !isNode(x.node, 'Conv') || readers.get(x) !== 1) return undefined
  return { form: 'activated', node: x.node, inputs: x.node.inputs, outputs: node.outputs }
}

/** Runs a convolution and its ReLU as one kernel. */
export const activatedConvolutions: FusingPass = {
  name: 'activated-convolutions',
  when: 'engine',
  does: 'A convolution and the ReLU behind it become one kernel of TensorFlow.js.',
  needs: 'Nothing but the ReLU reads what the convolution returns.',
  rewrite: activated,
}
