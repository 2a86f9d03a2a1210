import { type Ops, type PoolAttributes, type Value } from '@saliency/core'
import { asSourceValue } from '../../source-value.ts'
import { unsupported } from '../../problems.ts'
import { imageSize as sizeOfImage, samePads } from '../../same-padding.ts'
import type { LayerCall, LayerImporter } from '../layer-call.ts'
import { imageInput } from './convolution.ts'

function windowOf({ config }: LayerCall, value: Value): PoolAttributes {
  const kernel = config.pair('pool_size', [2, 2])
  const strides = config.pair('strides', kernel)
  const padding = config.string('padding', 'valid')
  if (padding !== 'valid' && padding !== 'same') throw unsupported(`padding '${padding}' is not supported`)
  const dilations = [1, 1] as const
  const size = sizeOfImage(value)
  const pads = padding === 'same' ? samePads(size, { kernel, strides, dilations }) : ([0, 0, 0, 0] as const)
  return { kernel, strides, dilations, pads, ceilMode: false }
}

const maxPooling2d: LayerImporter = (call) => {
  const { value, placed } = imageInput(call)
  return placed(call.ops.maxPool(value, windowOf(call, value)))
}

/** Cut windows are divided by the pixels they hold, as TensorFlow does. */
const averagePooling2d: LayerImporter = (call) => {
  const { value, placed } = imageInput(call)
  return placed(call.ops.averagePool(value, { ...windowOf(call, value), countIncludePad: false }))
}

const globalPooling =
  (pool: (ops: Ops, x: Value) => Value): LayerImporter =>
  (call) => {
    const { value, placed } = imageInput(call)
    const pooled = pool(call.ops, value)
    return call.config.boolean('keepdims', false) ? placed(pooled) : asSourceValue(call.ops.flatten(pooled))
  }

/** Pooling in two dimensions. */
export const poolingLayers: Readonly<Record<string, LayerImporter>> = {
  MaxPooling2D: maxPooling2d,
  MaxPool2D: maxPooling2d,
  AveragePooling2D: averagePooling2d,
  AvgPool2D: averagePooling2d,
  GlobalAveragePooling2D: globalPooling((ops, x) => ops.globalAveragePool(x)),
  GlobalMaxPooling2D: globalPooling((ops, x) => ops.globalMaxPool(x)),
}
