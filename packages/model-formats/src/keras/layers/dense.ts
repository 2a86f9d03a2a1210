import { fixedDim } from '@saliency/core'
import { inSourceOrder, asSourceValue } from '../../source-value.ts'
import { unsupported } from '../../problems.ts'
import { arrangeDense } from '../../weights/arrange-dense.ts'
import { permute, withShape } from '../../weights/permute.ts'
import { applyActivation } from '../apply-activation.ts'
import type { LayerImporter } from '../layer-call.ts'
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

const dense: LayerImporter = (call) => {
  const { input, config, ops } = call
  if (input.value.shape.length === 4) return pointwise(call)
  if (input.value.shape.length !== 2) {
    throw unsupported(`a dense layer on a value of rank ${input.value.shape.length}; put Flatten before it`)
  }
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

/** Fully connected layers. */
export const denseLayers: Readonly<Record<string, LayerImporter>> = { Dense: dense }
