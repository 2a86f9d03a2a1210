import { counted, fixedDim, tensor, type Value } from '@saliency/core'
import { floatsOf, type ConstantTensor } from '../../constant/constant-tensor.ts'
import { unsupported } from '../../problems.ts'
import { permute } from '../../weights/permute.ts'
import { isConstant, type NodeCall, type OperatorImporter } from '../node-call.ts'

const scaled = (data: Float32Array, factor: number) =>
  factor === 1 ? data : data.map((item) => item * factor)

/** A dense layer's kernel, always stored `[out, in]`. */
function denseKernel(call: NodeCall, isOutFirst: boolean, factor: number): Value {
  return call.parameter(1, {
    role: 'kernel',
    initializer: call.initializers.kernel,
    arrangement: `${isOutFirst} ${factor}`,
    arrange(stored) {
      const kernel = isOutFirst ? stored : permute(stored, [1, 0])
      return tensor(scaled(kernel.data, factor), kernel.shape)
    },
  })
}

/** A vector that is added to `[n, out]`: a scalar is spread. */
function biasVector(
  call: NodeCall,
  known: ConstantTensor,
  size: number,
  factor: number,
  fanIn: number,
): Value {
  const data = scaled(floatsOf(known), factor)
  if (data.length !== size && data.length !== 1) {
    throw unsupported(`its bias has ${counted(data.length, 'value')} for ${counted(size, 'output')}`)
  }
  const vector = data.length === size ? data : new Float32Array(size).fill(data[0] ?? 0)
  return call.newParameter(tensor(vector, [size]), {
    role: 'bias',
    initializer: call.initializers.bias(fanIn),
  })
}

function dense(call: NodeCall, x: Value, weight: Value): Value {
  const { ops } = call
  const [size, fanIn] = [
    fixedDim(weight.shape[0], 'The number of outputs'),
    fixedDim(weight.shape[1], 'Inputs'),
  ]
  const result = ops.gemm(x, weight, undefined, { transB: true })
  call.offerProduct(result, {
    size,
    withBias: (known) => ops.gemm(x, weight, biasVector(call, known, size, 1, fanIn), { transB: true }),
  })
  return result
}

/** alpha · A · B + beta · C */
const gemm: OperatorImporter = (call) => {
  const { attributes, ops } = call
  if (attributes.integer('transA', 0) !== 0) throw unsupported('a transposed left operand')
  const x = call.value(0)
  const isOutFirst = attributes.integer('transB', 0) !== 0
  const [alpha, beta] = [attributes.float('alpha', 1), attributes.float('beta', 1)]
  const right = call.inputs[1]
  if (!right || !isConstant(right)) throw unsupported('its kernel is computed from the image')
  const weight = denseKernel(call, isOutFirst, alpha)
  const [size, fanIn] = [
    fixedDim(weight.shape[0], 'The number of outputs'),
    fixedDim(weight.shape[1], 'Inputs'),
  ]
  const third = call.inputs[2]
  if (!third || beta === 0) return [dense(call, x, weight)]
  if (!isConstant(third)) return [ops.add(dense(call, x, weight), ops.mul(third, beta))]
  return [ops.gemm(x, weight, biasVector(call, third, size, beta, fanIn), { transB: true })]
}

/** A matrix product with a weight on vectors is a dense layer; other products stay as they are. */
const matMul: OperatorImporter = (call) => {
  const x = call.value(0)
  const right = call.inputs[1]
  if (right && isConstant(right) && right.shape.length === 2) {
    if (x.shape.length === 2) return [dense(call, x, denseKernel(call, false, 1))]
    const weight = call.parameter(1, { role: 'kernel', initializer: call.initializers.kernel })
    return [call.ops.matMul(x, weight)]
  }
  return [call.ops.matMul(x, call.value(1))]
}

/** Dense layers and matrix products. */
export const productOperators: Readonly<Record<string, OperatorImporter>> = { Gemm: gemm, MatMul: matMul }
