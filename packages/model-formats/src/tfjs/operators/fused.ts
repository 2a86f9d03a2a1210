import type { Ops, Value } from '@saliency/core'
import type { ConstantTensor } from '../../constant/constant-tensor.ts'
import { kerasInitializers } from '../../default-initializers.ts'
import { unsupported } from '../../problems.ts'
import type { ParameterRequest } from '../../parameter-table.ts'
import type { GraphCall } from '../graph-call.ts'
import { ownEntry } from '../../own-entry.ts'

/** A convolution or product that may take a bias. */
export interface Fusible {
  /** Length of the bias. */
  readonly size: number
  build(bias: Value | undefined): Value
}

/** How a bias is declared. */
export const biasRequest: ParameterRequest = { role: 'bias', initializer: kerasInitializers.bias(1) }

type Fused = (call: GraphCall, ops: Ops, value: Value, axes: readonly number[]) => Value

const activations: Readonly<Record<string, Fused>> = {
  Relu: (_, ops, value) => ops.relu(value),
  Relu6: (_, ops, value) => ops.clip(value, 0, 6),
  Elu: (_, ops, value) => ops.elu(value, 1),
  Sigmoid: (_, ops, value) => ops.sigmoid(value),
  LeakyRelu: ({ attributes }, ops, value) => ops.leakyRelu(value, attributes.float('leakyrelu_alpha', 0.2)),
  // Its slopes follow the two operands and the bias.
  Prelu: (call, ops, value, axes) => ops.pRelu(value, call.operand(call.constant(3), { value, axes })),
}

/**
 * Builds a product with what is fused into its node: `fused_ops` names a bias and an activation, whose arguments follow
 * the two operands. Without a bias, the product is offered to an addition behind it.
 * @param axes how the result lies
 */
export function finishFused(call: GraphCall, { size, build }: Fusible, axes: readonly number[]): Value {
  const [first, ...others] = call.attributes.texts('fused_ops')
  const hasBias = first === 'BiasAdd'
  const names = hasBias || first === undefined ? others : [first, ...others]
  if (!hasBias && names.length === 0) {
    const value = build(undefined)
    call.offerProduct(value, { size, withBias: (bias) => build(biasOf(call, bias)) })
    return value
  }
  let value = build(hasBias ? biasOf(call, call.constant(2)) : undefined)
  for (const name of names) {
    const activation = ownEntry(activations, name)
    if (!activation) throw unsupported(`'${name}' is fused into it, which is not supported`)
    value = activation(call, call.following(name.toLowerCase(), name), value, axes)
  }
  return value
}

/** What is added to every feature as a vector: a folded batch norm leaves `[1, 1, 1, k]`. */
function biasOf(call: GraphCall, bias: ConstantTensor): Value {
  return call.declare({ ...bias, shape: [bias.data.length] }, biasRequest)
}
