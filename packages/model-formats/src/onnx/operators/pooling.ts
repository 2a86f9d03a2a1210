import type { Ops, PoolAttributes, Value } from '@saliency/core'
import { unsupported } from '../../problems.ts'
import type { NodeCall, OperatorImporter } from '../node-call.ts'
import { kernelShape, windowOf } from './convolution.ts'

function poolOf(call: NodeCall, value: Value): PoolAttributes {
  const kernel = kernelShape(call)
  const ceilMode = call.attributes.integer('ceil_mode', 0) !== 0
  return { kernel, ...windowOf(call, value, kernel), ceilMode }
}

const maxPool: OperatorImporter = (call) => {
  if (call.outputCount > 1) throw unsupported('its second output, the indices, is not supported')
  const x = call.value(0)
  return [call.ops.maxPool(x, poolOf(call, x))]
}

const averagePool: OperatorImporter = (call) => {
  const x = call.value(0)
  const countIncludePad = call.attributes.integer('count_include_pad', 0) !== 0
  return [call.ops.averagePool(x, { ...poolOf(call, x), countIncludePad })]
}

const globalPool =
  (pool: (ops: Ops, x: Value) => Value): OperatorImporter =>
  (call) => {
    const x = call.value(0)
    if (x.shape.length !== 4) throw unsupported(`it reads a value of rank ${x.shape.length}, not an image`)
    return [pool(call.ops, x)]
  }

/** Pooling over images. */
export const poolingOperators: Readonly<Record<string, OperatorImporter>> = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalPool((ops, x) => ops.globalAveragePool(x)),
  GlobalMaxPool: globalPool((ops, x) => ops.globalMaxPool(x)),
}
