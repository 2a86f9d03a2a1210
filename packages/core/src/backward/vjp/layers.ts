import type { OpName } from '../../graph/operators.ts'
import type { Ops } from '../../graph/ops.ts'
import type { Value } from '../../graph/value.ts'
import { batchNormAffine } from '../batch-norm.ts'
import { sumTo } from '../broadcast.ts'
import { convInputGradient } from '../conv-gradient.ts'
import type { Vjp } from './vjp.ts'

/** Swaps the last two axes. */
function transposeLast(ops: Ops, value: Value): Value {
  const axes = value.shape.map((_, axis) => axis)
  return ops.transpose(value, [...axes.slice(0, -2), ...axes.slice(-2).toReversed()])
}

/** Gradients of convolution, dense layers and batch norm with respect to their input. */
export const layerVjps: { readonly [K in OpName]?: Vjp<K> } = {
  Conv: ({ ops, signal, inputs, node }) =>
    convInputGradient(ops, signal, inputs[1] as Value, node.attributes, (inputs[0] as Value).shape),
  ConvTranspose({ ops, signal, inputs, node }) {
    const { strides, pads, dilations, group } = node.attributes
    return ops.conv(signal, inputs[1] as Value, undefined, { strides, pads, dilations, group })
  },
  Gemm: ({ ops, signal, inputs, node }) =>
    ops.gemm(signal, inputs[1] as Value, undefined, { transB: !node.attributes.transB }),
  MatMul({ ops, signal, inputs }, index) {
    const [a, b] = inputs as [Value, Value]
    return index === 0
      ? sumTo(ops, ops.matMul(signal, transposeLast(ops, b)), a.shape)
      : sumTo(ops, ops.matMul(transposeLast(ops, a), signal), b.shape)
  },
  BatchNormalization: ({ ops, signal, node }) =>
    ops.mul(signal, ops.perChannel(batchNormAffine(ops, node).scale, signal)),
}
