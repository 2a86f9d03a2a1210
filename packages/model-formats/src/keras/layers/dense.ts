import { fixedDim, type FloatTensor } from '@saliency/core'
import { inSourceOrder, place, type Flattened } from '../../placed.ts'
import { unsupported } from '../../problems.ts'
import { permute, withShape } from '../../weights/permute.ts'
import { applyActivation } from '../activations.ts'
import type { LayerImporter } from '../layer-call.ts'
import { biasOf } from './convolution.ts'

/** `[in, out] → [out, in]`, with the inputs of a flattened image reordered from h·w·c to c·h·w. */
export function arrangeDense(stored: FloatTensor, flattened: Flattened | undefined): FloatTensor {
  if (!flattened) return permute(stored, [1, 0])
  const { channels, height, width } = flattened
  const units = stored.shape[1] ?? 1
  const image = withShape(stored, [height, width, channels, units])
  return withShape(permute(image, [3, 2, 0, 1]), [units, channels * height * width])
}

const dense: LayerImporter = (call) => {
  const { input, config, ops } = call
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
  return applyActivation(call, place(ops.gemm(value, weight, biasOf(call, units), { transB: true })))
}

/** Fully connected layers. */
export const denseLayers: Readonly<Record<string, LayerImporter>> = { Dense: dense }
