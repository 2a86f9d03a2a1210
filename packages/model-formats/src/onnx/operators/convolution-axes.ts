import { fixedDim, type Dim, type Value } from '@saliency/core'
import { floatsOf } from '../../constant/constant-tensor.ts'
import { unsupported } from '../../problems.ts'
import type { NodeCall, OperatorImporter } from '../node-call.ts'
import { asColumns, overTwoAxes, type TwoOf } from './two-axes.ts'

/** The node as a convolution over rows and columns, of another signal, with its kernel in another shape. */
function twoAxes(call: NodeCall, x: Value, kernel: readonly number[], twoOf: TwoOf): NodeCall {
  return {
    ...overTwoAxes(call, x, twoOf),
    parameter: (index, request) =>
      index === 1
        ? call.newParameter({ data: floatsOf(call.constant(1)), shape: kernel, dtype: 'float32' }, request)
        : call.parameter(index, request),
    // What is behind reads this node's own result, which has other axes.
    offerProduct: () => undefined,
  }
}

/** `[n, c, l]` as an image of one row. */
function alongARow(call: NodeCall, conv: OperatorImporter): Value {
  const x = call.value(0)
  const [n = 'n', channels = 1, length = 1] = x.shape
  const [outer = 1, inner = 1, size = 1] = call.constant(1).shape
  const row = call.reshaped(x, [n, channels, 1, length])
  const [found] = conv(twoAxes(call, row, [outer, inner, 1, size], asColumns)) as [Value]
  return call.reshaped(found, found.shape.toSpliced(2, 1))
}

/** `[n, c, x, y, z]` where the kernel has a size of 1 on one axis: its places are images of their own. */
function placeByPlace(call: NodeCall, conv: OperatorImporter): Value {
  const x = call.value(0)
  const kernel = call.constant(1).shape
  const isAlone = (axis: number) =>
    kernel[axis + 2] === 1 &&
    (call.attributes.integers('strides')?.[axis] ?? 1) === 1 &&
    [axis, axis + 3].every((at) => (call.attributes.integers('pads')?.[at] ?? 0) === 0)
  const alone = [2, 1, 0].find(isAlone)
  if (alone === undefined) throw unsupported('a convolution over three axes at once; images have two')
  const twoOf: TwoOf = (list) => list.filter((_, index) => index % 3 !== alone)
  const moved = call.ops.transpose(x, [0, alone + 2, ...[1, 2, 3, 4].filter((axis) => axis !== alone + 2)])
  const [, count = 1, ...rest] = moved.shape
  const images = call.reshaped(moved, [fixedDim(count, 'An axis of a convolution'), ...rest])
  const [found] = conv(twoAxes(call, images, kernel.toSpliced(alone + 2, 1), twoOf)) as [Value]
  const sizes: readonly Dim[] = ['n', count, ...found.shape.slice(1)]
  const order = [0, 2, ...[3, 4].toSpliced(alone, 0, 1)]
  return call.ops.transpose(call.reshaped(found, sizes), order)
}

/** A convolution over one or three axes, as far as it is one over rows and columns. */
export function otherAxes(call: NodeCall, conv: OperatorImporter): Value {
  const axes = call.constant(1).shape.length - 2
  if (axes === 1) return alongARow(call, conv)
  if (axes === 3) return placeByPlace(call, conv)
  throw unsupported(`a convolution over ${axes} axes; only two are supported`)
}
