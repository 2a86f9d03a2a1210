import type { Ops, PoolAttributes, Value } from '@saliency/core'
import { unsupported } from '../../problems.ts'
import type { NodeCall, OperatorImporter } from '../node-call.ts'
import { kernelShape, windowOf } from './convolution.ts'
import { poolOtherAxes } from './pooling-axes.ts'

/** The settings of the windows of `x`, `[n, c, h, w]`. */
function windowsOf(call: NodeCall, x: Value): PoolAttributes {
  const kernel = kernelShape(call)
  const ceilMode = call.attributes.integer('ceil_mode', 0) !== 0
  return { kernel, ...windowOf(call, x, kernel), ceilMode }
}

type WindowPool = (call: NodeCall, x: Value) => Value

const maxPool: WindowPool = (call, x) => call.ops.maxPool(x, windowsOf(call, x))

const averagePool: WindowPool = (call, x) => {
  const countIncludePad = call.attributes.integer('count_include_pad', 0) !== 0
  return call.ops.averagePool(x, { ...windowsOf(call, x), countIncludePad })
}

const windowed =
  (pool: WindowPool): OperatorImporter =>
  (call) => {
    if (call.outputCount > 1) throw unsupported('its second output, the indices, is not supported')
    const x = call.value(0)
    return [x.shape.length === 4 ? pool(call, x) : poolOtherAxes(call, x, pool)]
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
  MaxPool: windowed(maxPool),
  AveragePool: windowed(averagePool),
  GlobalAveragePool: globalPool(
    (ops, x) => ops.globalAveragePool(x),
    (ops, x, axes) => ops.reduceMean(x, { axes }),
  ),
  GlobalMaxPool: globalPool(
    (ops, x) => ops.globalMaxPool(x),
    (ops, x, axes) => ops.reduceMax(x, { axes }),
  ),
}
