import type { Value } from '@saliency/core'
import { constantFloats, numbersIn } from '../../constant/constant-tensor.ts'
import { isConstant, type Entry, type NodeCall, type OperatorImporter } from '../node-call.ts'
import { activationOperators } from './activation.ts'
import { arithmeticOperators } from './arithmetic.ts'
import { convolutionOperators } from './convolution.ts'
import { moveOperators } from './move.ts'
import { poolingOperators } from './pooling.ts'
import { productOperators } from './product.ts'
import { dequantised, quantisationAt, quantise } from './quantisation.ts'
import { reductionOperators } from './reduction.ts'

/** What the layers compute on floats. */
const plain = {
  ...activationOperators,
  ...arithmeticOperators,
  ...convolutionOperators,
  ...moveOperators,
  ...poolingOperators,
  ...productOperators,
  ...reductionOperators,
}

type Plain = keyof typeof plain

/** A bias of 32 bits: its step is the product of those of signal and weight. */
function biasOf(call: NodeCall, signal: number, weight: number, bias: number): Entry | undefined {
  if (!call.has(bias)) return undefined
  const [step = 1] = Array.from(numbersIn(call.constant(signal + 1).data))
  const steps = numbersIn(call.constant(weight + 1).data)
  const { data, shape } = call.constant(bias)
  const numbers = Float32Array.from(
    numbersIn(data),
    (item, index) => item * step * (steps[steps.length === 1 ? 0 : index] as number),
  )
  return constantFloats(numbers, shape, true)
}

/**
 * The layer `op` on what its inputs stand for, its result quantised again; `at` is where the scale of the result lies.
 */
const layer =
  (op: Plain, at: number, inputs: (call: NodeCall) => readonly (Entry | undefined)[]): OperatorImporter =>
  (call) => {
    const isLast = call.attributes.integer('channels_last', 0) !== 0
    const turned = (entry: Entry | undefined, perm: readonly number[]) =>
      isLast && entry && !isConstant(entry) ? call.ops.transpose(entry, perm) : entry
    const read = inputs(call).map((entry) => turned(entry, [0, 3, 1, 2]))
    const [result] = (plain[op] as OperatorImporter)(call.withInputs(read)) as [Value]
    const value = turned(result, [0, 2, 3, 1]) as Value
    if (!call.has(at)) return [value]
    const quantisation = quantisationAt(call, at - 1)
    return [quantise(call, value, quantisation, quantisation.zeroPoint?.stored ?? 'uint8')]
  }

const ofOne = (op: Plain) => layer(op, 3, (call) => [dequantised(call, 0)])
const ofTwo = (op: Plain) => layer(op, 6, (call) => [dequantised(call, 0), dequantised(call, 3)])

/** Each part with its scale and zero point, behind those of the result. */
const parts = ({ inputs }: NodeCall) =>
  Array.from({ length: Math.floor((inputs.length - 2) / 3) }, (_, index) => 2 + 3 * index)

const gemm = layer('Gemm', 7, (call) => {
  const axis = call.attributes.integer('transB', 0) === 0 ? 1 : 0
  return [dequantised(call, 0), dequantised(call, 3, axis), biasOf(call, 0, 3, 6)]
})

const conv = layer('Conv', 6, (call) => [
  dequantised(call, 0),
  dequantised(call, 3, 0),
  biasOf(call, 0, 3, 8),
])

/** Layers that compute with whole numbers ("QOperator"): ONNX's own and ONNX Runtime's. */
export const quantisedLayers: Readonly<Record<string, OperatorImporter>> = {
  QLinearConv: conv,
  'com.microsoft.QLinearConv': conv,
  QLinearMatMul: layer('MatMul', 6, (call) => [dequantised(call, 0), dequantised(call, 3, -1)]),
  'com.microsoft.QGemm': gemm,
  'com.microsoft.QLinearAdd': ofTwo('Add'),
  'com.microsoft.QLinearMul': ofTwo('Mul'),
  'com.microsoft.QLinearSigmoid': ofOne('Sigmoid'),
  'com.microsoft.QLinearLeakyRelu': ofOne('LeakyRelu'),
  'com.microsoft.QLinearSoftmax': ofOne('Softmax'),
  'com.microsoft.QLinearAveragePool': ofOne('AveragePool'),
  'com.microsoft.QLinearGlobalAveragePool': ofOne('GlobalAveragePool'),
  'com.microsoft.QLinearReduceMean': ofOne('ReduceMean'),
  'com.microsoft.QLinearConcat': layer('Concat', 0, (call) => parts(call).map((at) => dequantised(call, at))),
}
