import type { OpName } from '../../graph/operators.ts'
import type { Value } from '../../graph/value.ts'
import { sumTo } from '../broadcast.ts'
import { geluByTanhSlope, geluSlope, hardSwishSlope, mishSlope, swishSlope } from './self-gated.ts'
import type { Derivative, Vjp, VjpContext } from './vjp.ts'

/** An operator of one input whose signal is multiplied by a derivative. */
const times =
  (derivative: Derivative): Vjp<OpName> =>
  (context) =>
    context.ops.mul(
      context.signal,
      derivative({ ...context, x: context.inputs[0] as Value, y: context.output }),
    )

/** Keeps the signal where `open`, else zero. A factor is made once for all backward passes, and multiplying costs a fraction of choosing. */
const gate = ({ ops, signal }: VjpContext, open: Value): Value => ops.mul(signal, ops.cast(open, 'float32'))

/** An operator of two broadcast operands: the signal of each, summed to the operand's shape. */
const pair =
  (signals: (context: VjpContext & { a: Value; b: Value }, index: number) => Value): Vjp<OpName> =>
  (context, index) => {
    const [a, b] = context.inputs as [Value, Value]
    return sumTo(context.ops, signals({ ...context, a, b }, index), (index === 0 ? a : b).shape)
  }

/** Gradients of the operators that work element by element. */
export const elementwiseVjps: { readonly [K in OpName]?: Vjp<K> } = {
  // The mask comes from the output, so that an engine may fuse a convolution with the ReLU behind it.
  Relu: (context) => gate(context, context.ops.greater(context.output, 0)),
  Clip(context) {
    const { ops, output, node } = context
    const { minimum, maximum } = node.attributes
    const above = Number.isFinite(minimum) ? ops.greater(output, minimum) : undefined
    const below = Number.isFinite(maximum) ? ops.less(output, maximum) : undefined
    if (above && below) return gate(context, ops.and(above, below))
    return above || below ? gate(context, (above ?? below) as Value) : context.signal
  },
  LeakyRelu: ({ ops, signal, inputs, node }) =>
    ops.where(ops.greater(inputs[0] as Value, 0), signal, ops.mul(signal, node.attributes.alpha)),
  PRelu({ ops, signal, inputs }, index) {
    const [x, slope] = inputs as [Value, Value]
    const open = ops.greater(x, 0)
    if (index === 0) return ops.where(open, signal, ops.mul(signal, slope))
    return sumTo(ops, ops.where(open, 0, ops.mul(signal, x)), slope.shape)
  },
  Elu: ({ ops, signal, inputs, output, node }) =>
    ops.where(
      ops.greater(inputs[0] as Value, 0),
      signal,
      ops.mul(signal, ops.add(output, node.attributes.alpha)),
    ),
  Selu({ ops, signal, inputs, output, node }) {
    const { alpha, gamma } = node.attributes
    const below = ops.mul(signal, ops.add(output, alpha * gamma))
    return ops.where(ops.greater(inputs[0] as Value, 0), ops.mul(signal, gamma), below)
  },
  HardSigmoid(context) {
    const { ops, output, node } = context
    return ops.mul(gate(context, ops.and(ops.greater(output, 0), ops.less(output, 1))), node.attributes.alpha)
  },
  HardSwish: times(hardSwishSlope),
  Mish: times(mishSlope),
  Gelu: (context) =>
    times(context.node.attributes.approximate === 'tanh' ? geluByTanhSlope : geluSlope)(context, 0),
  Swish: (context) => times(swishSlope(context.node.attributes.alpha))(context, 0),
  Neg: ({ ops, signal }) => ops.neg(signal),
  // Straight through: the slope of the steps is 0 or infinite, that of what they approximate is 1.
  Round: ({ signal }) => signal,
  Abs: times(({ ops, x }) => ops.sign(x)),
  Sqrt: times(({ ops, y }) => ops.div(0.5, y)),
  Reciprocal: times(({ ops, y }) => ops.neg(ops.mul(y, y))),
  Exp: times(({ y }) => y),
  Log: times(({ ops, x }) => ops.reciprocal(x)),
  Sigmoid: times(({ ops, y }) => ops.mul(y, ops.sub(1, y))),
  Tanh: times(({ ops, y }) => ops.sub(1, ops.mul(y, y))),
  Erf: times(({ ops, x }) => ops.mul(ops.exp(ops.neg(ops.mul(x, x))), 2 / Math.sqrt(Math.PI))),
  Sin: times(({ ops, x }) => ops.cos(x)),
  Cos: times(({ ops, x }) => ops.neg(ops.sin(x))),
  Softplus: times(({ ops, x }) => ops.sigmoid(x)),
  Softsign: times(({ ops, x }) => ops.reciprocal(ops.pow(ops.add(1, ops.abs(x)), 2))),
  Add: pair(({ signal }) => signal),
  Sub: pair(({ ops, signal }, index) => (index === 0 ? signal : ops.neg(signal))),
  Mul: pair(({ ops, signal, a, b }, index) => ops.mul(signal, index === 0 ? b : a)),
  Div: pair(({ ops, signal, b, output }, index) =>
    index === 0 ? ops.div(signal, b) : ops.neg(ops.div(ops.mul(signal, output), b)),
  ),
  Pow: pair(({ ops, signal, a, b, output }, index) =>
    ops.mul(signal, index === 0 ? ops.mul(b, ops.pow(a, ops.sub(b, 1))) : ops.mul(output, ops.log(a))),
  ),
  // Where both operands are equal, the first takes the signal.
  Max: pair((context, index) => {
    const { ops, a, b } = context
    return gate(context, index === 0 ? ops.greaterOrEqual(a, b) : ops.less(a, b))
  }),
  Min: pair((context, index) => {
    const { ops, a, b } = context
    return gate(context, index === 0 ? ops.lessOrEqual(a, b) : ops.greater(a, b))
  }),
  Where(context, index) {
    const { ops, inputs } = context
    const [condition, ...branches] = inputs as [Value, Value, Value]
    const kept = gate(context, index === 1 ? condition : ops.not(condition))
    return sumTo(ops, kept, (branches[index - 1] as Value).shape)
  },
}
