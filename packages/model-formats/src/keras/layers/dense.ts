import { fixedDim, type FloatTensor } from '@saliency/core'
import { asSourceValue, fromSourceOrder, inSourceOrder, type SourceValue } from '../../source-value.ts'
import { unsupported } from '../../problems.ts'
import { arrangeDense } from '../../weights/arrange-dense.ts'
import { permute, withShape } from '../../weights/permute.ts'
import { applyActivation } from '../apply-activation.ts'
import type { LayerCall, LayerImporter } from '../layer-call.ts'
import { biasOf } from './convolution.ts'

/** On an image, a dense layer is a convolution with a 1×1 kernel. */
const pointwise: LayerImporter = (call) => {
  const { value } = call.input
  const size = fixedDim(value.shape[1], 'The number of inputs')
  const units = call.config.number('units')
  const weight = call.parameter({
    weight: 'kernel',
    role: 'kernel',
    shape: [size, units],
    arrange: (stored) => withShape(permute(stored, [1, 0]), [units, size, 1, 1]),
    initializer: 'kernel_initializer',
  })
  return applyActivation(call, asSourceValue(call.ops.conv(value, weight, biasOf(call, units))))
}

/** On tokens `[n, t, d]`, and on whatever else is no image, a dense layer is a product with the last axis. */
function onLastAxis(call: LayerCall): SourceValue {
  const { value } = call.input
  const size = fixedDim(value.shape.at(-1), 'The number of inputs')
  const units = call.config.number('units')
  const weight = call.parameter({
    weight: 'kernel',
    role: 'kernel',
    shape: [size, units],
    initializer: 'kernel_initializer',
  })
  const bias = biasOf(call, units)
  const product = call.ops.matMul(value, weight)
  return applyActivation(call, asSourceValue(bias ? call.ops.add(product, bias) : product))
}

const dense: LayerImporter = (call) => {
  const { input, config, ops } = call
  if (input.value.shape.length === 4) return pointwise(call)
  if (input.value.shape.length !== 2) return onLastAxis(call)
  const size = fixedDim(input.value.shape[1], 'The number of inputs')
  const units = config.number('units')
  // A shared dense layer may read differently flattened values, so only an unshared one has its kernel permuted.
  const { flattened } = input
  const value = flattened && call.isShared ? inSourceOrder(input, ops) : input.value
  const weight = call.parameter({
    weight: 'kernel',
    role: 'kernel',
    shape: [size, units],
    arrange: (stored) => arrangeDense(stored, call.isShared ? undefined : flattened),
    initializer: 'kernel_initializer',
  })
  return applyActivation(call, asSourceValue(ops.gemm(value, weight, biasOf(call, units), { transB: true })))
}

/** Labels of an equation, without the ellipsis that may stand for the first axes of input and output. */
function labelsOf(equation: string): readonly [input: string, kernel: string, output: string] {
  const [, input, kernel, output] =
    /^(?:\.{3})?(\w+),(\w+)->(?:\.{3})?(\w+)$/.exec(equation.replaceAll(' ', '')) ?? []
  if (input === undefined || kernel === undefined || output === undefined)
    throw unsupported(`its equation '${equation}' is not that of a dense layer`)
  return [input, kernel, output]
}

/** A dense layer from the last axes of its input to as many others as the kernel has: 'abc,cde->abde'. */
const einsumDense: LayerImporter = (call) => {
  const { config, ops } = call
  const equation = config.string('equation', '')
  const [input, kernel, output] = labelsOf(equation)
  const summed = [...kernel].filter((label) => input.includes(label) && !output.includes(label)).join('')
  const made = kernel.slice(summed.length)
  const kept = input.slice(0, input.length - summed.length)
  if (summed === '' || kernel !== summed + made || input !== kept + summed || output !== kept + made)
    throw unsupported(`its equation '${equation}' does not sum over the last axes alone`)
  const value = inSourceOrder(call.input, ops)
  const inner = value.shape.slice(-summed.length).map((dim) => fixedDim(dim, 'The number of inputs'))
  const outer = [config.raw('output_shape')].flat().slice(-made.length) as readonly number[]
  const count = (sizes: readonly number[]) => sizes.reduce((product, size) => product * size, 1)
  const weight = call.parameter({
    weight: 'kernel',
    role: 'kernel',
    shape: [...inner, ...outer],
    arrange: (stored) => withShape(stored, [count(inner), count(outer)]),
    initializer: 'kernel_initializer',
  })
  const batch = value.shape.slice(0, -summed.length)
  let result = ops.matMul(ops.reshape(value, [...batch, count(inner)]), weight)
  const axes = config.has('bias_axes') ? config.string('bias_axes', '') : ''
  if (axes !== '') {
    if (axes !== made) throw unsupported(`its bias_axes '${axes}' are not the axes that it makes, '${made}'`)
    const arrange = (stored: FloatTensor) => withShape(stored, [count(outer)])
    result = ops.add(
      result,
      call.parameter({
        weight: 'bias',
        role: 'bias',
        shape: outer,
        arrange,
        initializer: 'bias_initializer',
      }),
    )
  }
  return applyActivation(call, fromSourceOrder(ops.reshape(result, [...batch, ...outer]), ops))
}

/** Fully connected layers. */
export const denseLayers: Readonly<Record<string, LayerImporter>> = { Dense: dense, EinsumDense: einsumDense }
