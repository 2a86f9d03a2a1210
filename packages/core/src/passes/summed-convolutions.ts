import type { Plan } from '../engine.ts'
import { ancestors } from '../graph/reach.ts'
import { isNode, madeBy, type Node, type Value } from '../graph/value.ts'
import type { Pass } from './pass.ts'
import { replaceIn } from './replace.ts'

/** The convolution that rules built and of whose result nothing is kept but the sum over channels, if that is what a value is. */
function summed(value: Value): Node<'Conv' | 'ConvTranspose'> | undefined {
  const sum = value.node.layer === undefined && madeBy(value, 'ReduceSum')
  const node = sum && sum.attributes.axes.join() === '1' && sum.attributes.keepdims && sum.inputs[0]?.node
  if (!node || node.layer !== undefined || node.inputs.length > 2) return undefined
  return (isNode(node, 'Conv') || isNode(node, 'ConvTranspose')) && node.attributes.group === 1
    ? node
    : undefined
}

function sumKernels(plan: Plan): Plan {
  const outputs = Object.values(plan.outputs)
  const nodes = ancestors(outputs)
  const uses = new Map<Value, number>()
  for (const value of [...nodes.flatMap(({ inputs }) => inputs), ...outputs])
    uses.set(value, (uses.get(value) ?? 0) + 1)
  return replaceIn(plan, nodes, (value, now) => {
    const node = summed(value)
    if (!node || uses.get(node.outputs[0] as Value) !== 1) return undefined
    const { ops } = value.graph
    const [x, kernel] = node.inputs.map(now) as [Value, Value]
    return isNode(node, 'Conv')
      ? ops.conv(x, ops.reduceSum(kernel, { axes: [0] }), undefined, node.attributes)
      : ops.convTranspose(
          x,
          ops.reduceSum(kernel, { axes: [1] }),
          undefined,
          node.attributes as Node<'ConvTranspose'>['attributes'],
        )
  })
}

/** Adds up kernels where results would be added up. */
export const summedConvolutions: Pass<typeof sumKernels> = {
  name: 'summed-convolutions',
  when: 'engine',
  does: 'The sum over channels of a convolution becomes a convolution with the sum of its kernels: a map of the gradient costs a third of the way back through the first layer.',
  needs: 'Rules built the convolution, which has one group and no bias, and nothing else reads its result.',
  rewrite: sumKernels,
}
