import { fixedDim, normalizeAxis, type Ops, type Reduction, type Value } from '@saliency/core'
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

/** Reductions and softmax. */
export const reductionOperators: Readonly<Record<string, OperatorImporter>> = {
  ReduceMean: reduce(mean),
  ReduceSum: reduce((ops, x, reduction) => ops.reduceSum(x, reduction)),
  ReduceMax: reduce((ops, x, reduction) => ops.reduceMax(x, reduction)),
  ReduceMin: reduce((ops, x, reduction) => ops.reduceMin(x, reduction)),
  ReduceL2: reduce(norm),
  ReduceSumSquare: reduce((ops, x, reduction) => ops.reduceSum(ops.mul(x, x), reduction)),
  Softmax: softmaxLike((ops, x, axis) => ops.softmax(x, axis)),
  LogSoftmax: softmaxLike((ops, x, axis) => ops.logSoftmax(x, axis)),
}
