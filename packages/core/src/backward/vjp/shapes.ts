import type { OpName, Pair, SliceAttributes } from '../../graph/operators.ts'
import type { Ops } from '../../graph/ops.ts'
import { fixedDim, normalizeAxis } from '../../graph/shape.ts'
import type { Value } from '../../graph/value.ts'
import { sumTo } from '../broadcast.ts'
import { gatherMatrix, padMatrix, resizeMatrix, type Matrix } from '../interpolation.ts'
import type { Vjp } from './vjp.ts'

/** Multiplies one axis of a value by the transpose of a matrix `[new, old]`. */
function alongAxis(ops: Ops, signal: Value, axis: number, matrix: Matrix): Value {
  const rank = signal.shape.length
  const weights = ops.constant(matrix.data, [matrix.rows, matrix.columns])
  const order = [...Array.from({ length: rank }, (_, index) => index).filter((index) => index !== axis), axis]
  const back = order.map((_, index) => order.indexOf(index))
  return ops.transpose(ops.matMul(ops.transpose(signal, order), weights), back)
}

/** One sliced axis carried back: zeros between the steps, zeros before and after. */
function unslice(ops: Ops, signal: Value, axis: number, length: number, start: number, step: number): Value {
  const count = fixedDim(signal.shape[axis], 'A sliced axis')
  const first = start < 0 ? start + length : Math.min(start, length - 1)
  if (step < 0) {
    const reversed = ops.slice(signal, { axes: [axis], starts: [-1], ends: [-count - 1], steps: [-1] })
    return unslice(ops, reversed, axis, length, first + (count - 1) * step, -step)
  }
  const padAxis = (value: Value, at: number, pads: Pair) =>
    ops.pad(value, { pads: value.shape.map((_, index) => (index === at ? pads : [0, 0])) })
  let spread = signal
  if (step > 1) {
    const apart = ops.reshape(signal, [
      ...signal.shape.slice(0, axis + 1),
      1,
      ...signal.shape.slice(axis + 1),
    ])
    const filled = padAxis(apart, axis + 1, [0, step - 1])
    spread = ops.reshape(
      filled,
      signal.shape.map((dim, index) => (index === axis ? count * step : dim)),
    )
  }
  const reach = first + count * step
  if (reach > length) spread = ops.slice(spread, { axes: [axis], starts: [0], ends: [length - first] })
  return padAxis(spread, axis, [first, Math.max(0, length - reach)])
}

function sliceSignal(ops: Ops, x: Value, signal: Value, { axes, starts, steps }: SliceAttributes): Value {
  return axes.reduce((result, axis, index) => {
    const at = normalizeAxis(axis, x.shape.length)
    return unslice(
      ops,
      result,
      at,
      fixedDim(x.shape[at], 'A sliced axis'),
      starts[index] ?? 0,
      steps[index] ?? 1,
    )
  }, signal)
}

/** Gradients of the operators that move values: each sends the signal back to where the value came from. */
export const shapeVjps: { readonly [K in OpName]?: Vjp<K> } = {
  Reshape: ({ ops, signal, inputs }) => ops.reshape(signal, (inputs[0] as Value).shape),
  Flatten: ({ ops, signal, inputs }) => ops.reshape(signal, (inputs[0] as Value).shape),
  Transpose({ ops, signal, node }) {
    const { perm } = node.attributes
    return ops.transpose(
      signal,
      perm.map((_, axis) => perm.indexOf(axis)),
    )
  },
  Expand: ({ ops, signal, inputs }) => sumTo(ops, signal, (inputs[0] as Value).shape),
  Concat({ ops, signal, inputs, node }, index) {
    const { axis } = node.attributes
    const size = (value: Value) => fixedDim(value.shape[axis], 'A joined axis')
    const start = inputs.slice(0, index).reduce((sum, value) => sum + size(value), 0)
    return ops.slice(signal, { axes: [axis], starts: [start], ends: [start + size(inputs[index] as Value)] })
  },
  Slice: ({ ops, signal, inputs, node }) => sliceSignal(ops, inputs[0] as Value, signal, node.attributes),
  Pad({ ops, signal, inputs, node }) {
    const { pads, mode } = node.attributes
    const { shape } = inputs[0] as Value
    const padded = pads.flatMap(([before, after], axis) =>
      before === 0 && after === 0
        ? []
        : [{ axis, before, after, length: fixedDim(shape[axis], 'A padded axis') }],
    )
    if (mode === 'constant') return padded.length === 0 ? signal : unpad(ops, signal, padded)
    return padded.reduce(
      (result, { axis, before, after, length }) =>
        alongAxis(ops, result, axis, padMatrix(length, [before, after], mode)),
      signal,
    )
  },
  Resize({ ops, signal, inputs, node }) {
    const { size, mode, coordinates } = node.attributes
    const { shape } = inputs[0] as Value
    return ([2, 3] as const).reduce((result, axis) => {
      const length = fixedDim(shape[axis], 'A resized axis')
      const target = size[axis - 2] as number
      return length === target
        ? result
        : alongAxis(ops, result, axis, resizeMatrix(length, target, mode, coordinates))
    }, signal)
  },
  Gather({ ops, signal, inputs, node }) {
    const { axis, indices } = node.attributes
    const length = fixedDim((inputs[0] as Value).shape[axis], 'A gathered axis')
    return alongAxis(ops, signal, axis, gatherMatrix(length, indices))
  },
}

/** An axis of `length` that was padded. */
interface PaddedAxis {
  readonly axis: number
  readonly length: number
  readonly before: number
}

/** Cuts constant padding away; negative padding, which cropped the input, is filled with zeros. */
function unpad(ops: Ops, signal: Value, padded: readonly PaddedAxis[]): Value {
  const spans = padded.map(({ axis, before, length }) => {
    const kept = fixedDim(signal.shape[axis], 'A padded axis')
    const [from, to] = [Math.max(0, before), Math.min(kept, before + length)]
    return { axis, from, to, missing: [from - before, before + length - to] as Pair }
  })
  const inside = ops.slice(signal, {
    axes: spans.map(({ axis }) => axis),
    starts: spans.map(({ from }) => from),
    ends: spans.map(({ to }) => to),
  })
  const pads = signal.shape.map((_, axis) => spans.find((span) => span.axis === axis)?.missing ?? [0, 0])
  return ops.pad(inside, { pads: pads as Pair[] })
}
