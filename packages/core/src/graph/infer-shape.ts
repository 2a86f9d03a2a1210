import { counted } from '../message.ts'
import { SaliencyError } from '../errors.ts'
import { input, type Infer, type Output } from './output.ts'
import {
  broadcastShapes,
  fixedDim,
  formatShape,
  normalizeAxis,
  sizeOf,
  type Dim,
  type Shape,
} from './shape.ts'
import type { Value } from './value.ts'

const outputLike = (value: Value, shape: Shape): readonly Output[] => [{ shape, dtype: value.dtype }]

/** Replaces one axis's size. */
const withAxis = (shape: Shape, axis: number, dim: Dim): Shape =>
  shape.map((old, index) => (index === axis ? dim : old))

function sliceLength(length: number, start: number, end: number, step: number): number {
  const clamp = (position: number, low: number, high: number) =>
    Math.min(Math.max(position < 0 ? position + length : position, low), high)
  const [from, to] =
    step > 0
      ? [clamp(start, 0, length), clamp(end, 0, length)]
      : [clamp(start, 0, length - 1), clamp(end, -1, length - 1)]
  return Math.max(0, Math.ceil((to - from) / step))
}

type ShapeOperator =
  | 'Reshape'
  | 'Flatten'
  | 'Transpose'
  | 'Expand'
  | 'Concat'
  | 'Slice'
  | 'Pad'
  | 'Resize'
  | 'Gather'
  | 'ScatterElements'

/** Shapes of the operators that move values without changing them. */
export const arrangingShapes: { readonly [K in ShapeOperator]: Infer<K> } = {
  Reshape(inputs, { shape }) {
    const value = input(inputs, 0)
    if (sizeOf(value.shape) !== sizeOf(shape)) {
      throw new SaliencyError(
        'SHAPE',
        `${formatShape(value.shape)} does not hold as many values as ${formatShape(shape)}.`,
      )
    }
    return outputLike(value, shape)
  },
  Flatten(inputs, { axis }) {
    const value = input(inputs, 0)
    return outputLike(value, [sizeOf(value.shape.slice(0, axis)), sizeOf(value.shape.slice(axis))])
  },
  Transpose(inputs, { perm }) {
    const value = input(inputs, 0)
    if (perm.length !== value.shape.length || new Set(perm).size !== perm.length) {
      throw new SaliencyError(
        'SHAPE',
        `[${perm.join(', ')}] does not name each of ${counted(value.shape.length, 'axis', 'axes')} once.`,
      )
    }
    return outputLike(
      value,
      perm.map((axis) => value.shape[normalizeAxis(axis, perm.length)] as Dim),
    )
  },
  Expand: (inputs, { shape }) => outputLike(input(inputs, 0), broadcastShapes(input(inputs, 0).shape, shape)),
  Concat(inputs, { axis }) {
    const first = input(inputs, 0)
    const at = normalizeAxis(axis, first.shape.length)
    let total = 0
    for (const value of inputs) {
      if (value.shape.some((dim, index) => index !== at && dim !== first.shape[index])) {
        throw new SaliencyError('SHAPE', 'values that are joined must have equal sizes along all other axes.')
      }
      total += fixedDim(value.shape[at], 'The joined axis')
    }
    return outputLike(first, withAxis(first.shape, at, total))
  },
  Slice(inputs, { axes, starts, ends, steps }) {
    const value = input(inputs, 0)
    let { shape } = value
    for (const [index, axis] of axes.entries()) {
      const at = normalizeAxis(axis, shape.length)
      const length = fixedDim(shape[at], 'A sliced axis')
      shape = withAxis(
        shape,
        at,
        sliceLength(length, starts[index] ?? 0, ends[index] ?? length, steps[index] ?? 1),
      )
    }
    return outputLike(value, shape)
  },
  Pad(inputs, { pads }) {
    const value = input(inputs, 0)
    const shape = value.shape.map((dim, axis) => {
      const [before, after] = pads[axis] ?? [0, 0]
      return before === 0 && after === 0 ? dim : fixedDim(dim, 'A padded axis') + before + after
    })
    return outputLike(value, shape)
  },
  Resize(inputs, { size }) {
    const value = input(inputs, 0)
    if (value.shape.length !== 4) throw new SaliencyError('SHAPE', 'only [n, c, h, w] can be resized.')
    return outputLike(value, [...value.shape.slice(0, 2), ...size])
  },
  Gather(inputs, { axis, indices }) {
    const value = input(inputs, 0)
    return outputLike(value, withAxis(value.shape, normalizeAxis(axis, value.shape.length), indices.length))
  },
  ScatterElements: (inputs) => outputLike(input(inputs, 0), input(inputs, 0).shape),
}
