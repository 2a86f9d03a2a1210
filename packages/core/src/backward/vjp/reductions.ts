import type { OpName } from '../../graph/operators.ts'
import type { Value } from '../../graph/value.ts'
import { repeatTo } from '../broadcast.ts'
import type { Vjp, VjpContext } from './vjp.ts'

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin'

/** A reduced value with its reduced axes back as size 1. */
function kept({ ops, node, inputs }: VjpContext<Reduction>, value: Value): Value {
  const { axes } = node.attributes
  return ops.reshape(
    value,
    (inputs[0] as Value).shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)),
  )
}

/** The signal at every position that attains the extreme, shared equally among ties. */
function extreme(context: VjpContext<'ReduceMax' | 'ReduceMin'>): Value {
  const { ops, inputs, node, output, signal } = context
  const x = inputs[0] as Value
  const attained = ops.cast(ops.equal(x, kept(context, output)), 'float32')
  const count = ops.reduceSum(attained, { axes: node.attributes.axes })
  return ops.mul(attained, ops.div(kept(context, signal), count))
}

/** Gradients of reductions and of softmax. */
export const reductionVjps: { readonly [K in OpName]?: Vjp<K> } = {
  ReduceSum: (context) =>
    repeatTo(context.ops, kept(context, context.signal), (context.inputs[0] as Value).shape),
  ReduceMean(context) {
    const { shape } = context.inputs[0] as Value
    const count = context.node.attributes.axes.reduce((product, axis) => product * Number(shape[axis]), 1)
    return repeatTo(context.ops, context.ops.div(kept(context, context.signal), count), shape)
  },
  ReduceMax: extreme,
  ReduceMin: extreme,
  Softmax({ ops, node, output, signal }) {
    const mean = ops.reduceSum(ops.mul(signal, output), { axes: [node.attributes.axis] })
    return ops.mul(output, ops.sub(signal, mean))
  },
  LogSoftmax({ ops, node, output, signal }) {
    const total = ops.reduceSum(signal, { axes: [node.attributes.axis] })
    return ops.sub(signal, ops.mul(ops.exp(output), total))
  },
}
