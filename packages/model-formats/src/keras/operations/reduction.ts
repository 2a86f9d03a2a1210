import type { Ops, Reduction, Value } from '@saliency/core'
import { like, type SourceValue } from '../../source-value.ts'
import { unsupported } from '../../problems.ts'
import type { ConfigReader } from '../config-reader.ts'
import { fromOrder } from './order.ts'
import type { Operation } from './operation.ts'

/** The source's axes that an operation names, counted from the start. The batch is none of them. */
export function axesOf({ axes }: SourceValue, config: ConfigReader, name = 'axis'): number[] {
  if (!config.has(name)) throw unsupported('it works over all axes, the batch included')
  const rank = axes.length
  const listed = config.numbers(name).map((axis) => (axis < 0 ? axis + rank : axis))
  if (listed.some((axis) => axis < 0 || axis >= rank))
    throw unsupported(`axis ${listed.join(', ')} of rank ${rank}`)
  if (listed.includes(0)) throw unsupported('it works over the batch')
  return listed
}

type Reduce = (ops: Ops, x: Value, reduction: Reduction) => Value

const reduction = (reduce: Reduce): Operation => ({
  parameters: ['x', 'axis', 'keepdims'],
  build({ arguments: { sourceValue, config }, ops }) {
    // Which image was flattened is no matter for what is reduced over all of it.
    const { value: given, axes: places } = sourceValue('x')
    const x: SourceValue = { value: given, axes: places }
    const listed = axesOf(x, config)
    const axes = listed.map((axis) => x.axes[axis] as number)
    const keepdims = config.boolean('keepdims', false)
    const value = reduce(ops, x.value, { axes, keepdims })
    if (keepdims) return like(x, value)
    const left = x.axes.filter((_, axis) => !listed.includes(axis))
    const order = left.toSorted((a, b) => a - b)
    return fromOrder(
      value,
      left.map((axis) => order.indexOf(axis)),
      ops,
    )
  },
})

/** Mean of squared distances from the mean. */
const variance: Reduce = (ops, x, { axes = [], keepdims = false }) => {
  const centred = ops.sub(x, ops.reduceMean(x, { axes }))
  return ops.reduceMean(ops.mul(centred, centred), { axes, keepdims })
}

/** Reductions over axes of an image, by Keras 3's names. */
export const reductionOperations: Readonly<Record<string, Operation>> = {
  Mean: reduction((ops, x, settings) => ops.reduceMean(x, settings)),
  Sum: reduction((ops, x, settings) => ops.reduceSum(x, settings)),
  Max: reduction((ops, x, settings) => ops.reduceMax(x, settings)),
  Amax: reduction((ops, x, settings) => ops.reduceMax(x, settings)),
  Min: reduction((ops, x, settings) => ops.reduceMin(x, settings)),
  Amin: reduction((ops, x, settings) => ops.reduceMin(x, settings)),
  Var: reduction(variance),
  Std: reduction((ops, x, settings) => ops.sqrt(variance(ops, x, settings))),
}
