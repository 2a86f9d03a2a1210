import { fixedDim, normalizeAxis, type Ops, type Reduction, type Value } from '@saliency/core'
import { integersOf } from '../../constant/constant-tensor.ts'
import { alongAxis } from './along-axis.ts'
import type { NodeCall, OperatorImporter } from '../node-call.ts'
import { axesOf } from '../shape-arguments.ts'

type Reduce = (ops: Ops, x: Value, reduction: Reduction) => Value

/** Axes and keepdims; undefined where the node reduces nothing (`noop_with_empty_axes`). */
function reductionOf(call: NodeCall, x: Value): Required<Reduction> | undefined {
  const given = axesOf(call)
  const isEmpty = given === undefined || given.length === 0
  if (isEmpty && call.attributes.integer('noop_with_empty_axes', 0) !== 0) return undefined
  const rank = x.shape.length
  const axes = (isEmpty ? x.shape.map((_, axis) => axis) : given).map((axis) => normalizeAxis(axis, rank))
  return { axes: axes.toSorted((a, b) => a - b), keepdims: call.attributes.integer('keepdims', 1) !== 0 }
}

const reduce =
  (apply: Reduce): OperatorImporter =>
  (call) => {
    const x = call.value(0)
    const reduction = reductionOf(call, x)
    return [reduction ? apply(call.ops, x, reduction) : x]
  }

/** A mean over an image's height and width is a global average pooling, which methods know. */
const mean: Reduce = (ops, x, { axes = [], keepdims = true }) => {
  if (x.shape.length !== 4 || axes.join() !== '2,3') return ops.reduceMean(x, { axes, keepdims })
  const pooled = ops.globalAveragePool(x)
  return keepdims ? pooled : ops.flatten(pooled)
}

/** √Σ x², whose gradient at a zero vector is 0, as torch has it: the root's own is infinite there. */
const norm: Reduce = (ops, x, reduction) => {
  const sum = ops.reduceSum(ops.mul(x, x), reduction)
  const isPositive = ops.greater(sum, 0)
  return ops.mul(ops.sqrt(ops.where(isPositive, sum, 1)), ops.cast(isPositive, 'float32'))
}

/** ln Σ eˣ, the largest taken out so that no power overflows: its gradient is the softmax. */
const logSumExp: Reduce = (ops, x, { axes = [], keepdims = true }) => {
  const largest = ops.reduceMax(x, { axes })
  const sum = ops.reduceSum(ops.exp(ops.sub(x, largest)), { axes })
  const result = ops.add(ops.log(sum), largest)
  return keepdims ? result : ops.reduceSum(result, { axes, keepdims: false })
}

/** Factor by factor: a product by logarithms would lose its sign. */
const product: Reduce = (ops, x, { axes = [], keepdims = true }) => {
  const multiplied = axes.reduce((value, axis) => {
    const count = fixedDim(value.shape[axis], 'A reduced axis')
    const factors = Array.from({ length: count }, (_, at) =>
      ops.slice(value, { axes: [axis], starts: [at], ends: [at + 1] }),
    )
    return factors.reduce((all, factor) => ops.mul(all, factor))
  }, x)
  return keepdims ? multiplied : ops.reduceSum(multiplied, { axes, keepdims: false })
}

/** Before operator set 13, softmax runs over all axes from `axis` (default 1) on, taken together. */
const softmaxLike =
  (apply: (ops: Ops, x: Value, axis: number) => Value): OperatorImporter =>
  (call) => {
    const { ops } = call
    const x = call.value(0)
    const rank = x.shape.length
    const axis = normalizeAxis(call.attributes.integer('axis', call.opset < 13 ? 1 : -1), rank)
    const rest = x.shape.slice(axis).map((dim) => (dim === 'n' ? 0 : fixedDim(dim, 'A size')))
    if (call.opset >= 13 || rest.slice(1).every((dim) => dim === 1)) return [apply(ops, x, axis)]
    const together = ops.reshape(x, [
      ...x.shape.slice(0, axis),
      rest.reduce((product, dim) => product * dim, 1),
    ])
    return [ops.reshape(apply(ops, together, axis), x.shape)]
  }

/** Sums up to each place along an axis: a product with a triangle of ones. */
const cumSum: OperatorImporter = (call) => {
  const x = call.value(0)
  const axis = normalizeAxis(integersOf(call.constant(1))[0] ?? 0, x.shape.length)
  const length = fixedDim(x.shape[axis], 'A summed axis')
  const isStrict = call.attributes.integer('exclusive', 0) !== 0
  const isReverse = call.attributes.integer('reverse', 0) !== 0
  const data = Float32Array.from({ length: length ** 2 }, (_, index) => {
    const [to, from] = [Math.floor(index / length), index % length]
    const distance = isReverse ? from - to : to - from
    return distance > 0 || (distance === 0 && !isStrict) ? 1 : 0
  })
  return [alongAxis(call, x, axis, { to: length, from: length, data })]
}

/** Reductions and softmax. */
export const reductionOperators: Readonly<Record<string, OperatorImporter>> = {
  ReduceMean: reduce(mean),
  ReduceSum: reduce((ops, x, reduction) => ops.reduceSum(x, reduction)),
  ReduceMax: reduce((ops, x, reduction) => ops.reduceMax(x, reduction)),
  ReduceMin: reduce((ops, x, reduction) => ops.reduceMin(x, reduction)),
  ReduceL2: reduce(norm),
  ReduceSumSquare: reduce((ops, x, reduction) => ops.reduceSum(ops.mul(x, x), reduction)),
  ReduceL1: reduce((ops, x, reduction) => ops.reduceSum(ops.abs(x), reduction)),
  ReduceLogSum: reduce((ops, x, reduction) => ops.log(ops.reduceSum(x, reduction))),
  ReduceLogSumExp: reduce(logSumExp),
  ReduceProd: reduce(product),
  CumSum: cumSum,
  Softmax: softmaxLike((ops, x, axis) => ops.softmax(x, axis)),
  LogSoftmax: softmaxLike((ops, x, axis) => ops.logSoftmax(x, axis)),
}
