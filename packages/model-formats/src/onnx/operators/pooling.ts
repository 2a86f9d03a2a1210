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

type Pool = (ops: Ops, x: Value, axes: readonly number[]) => Value

/** Over all axes behind the channels: of an image a pool, which methods know; of tokens a reduction. */
const globalPool =
  (pool: Pool, reduce: Pool): OperatorImporter =>
  (call) => {
    const x = call.value(0)
    const axes = x.shape.map((_, axis) => axis).slice(2)
    return [(axes.length === 2 ? pool : reduce)(call.ops, x, axes)]
  }

/** Pooling over images. */
export const poolingOperators: Readonly<Record<string, OperatorImporter>> = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalPool(
    (ops, x) => ops.globalAveragePool(x),
    (ops, x, axes) => ops.reduceMean(x, { axes }),
  ),
  GlobalMaxPool: globalPool(
    (ops, x) => ops.globalMaxPool(x),
    (ops, x, axes) => ops.reduceMax(x, { axes }),
  ),
}
