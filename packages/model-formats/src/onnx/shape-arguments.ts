import { normalizeAxis, type Dim, type Shape } from '@saliency/core'
import { dataTypes } from '@saliency/onnx-proto'
import type { SliceRange } from '../constant/arrange.ts'
import { integersOf, constantLike, numbersIn, type ConstantTensor } from '../constant/constant-tensor.ts'
import type { NodeCall } from './node-call.ts'

/** Axes as an attribute (old operator sets) or as the input `index` (new ones); undefined when not given. */
export function axesOf(call: NodeCall, index = 1): readonly number[] | undefined {
  return call.has(index) ? integersOf(call.constant(index)) : call.attributes.integers('axes')
}

/** The ranges of a Slice: attributes before operator set 10, inputs since. */
export function sliceRanges(call: NodeCall, rank: number): readonly SliceRange[] {
  const { attributes } = call
  const list = (name: string, index: number) =>
    call.has(index) ? integersOf(call.constant(index)) : index < 4 ? attributes.integers(name) : undefined
  const starts = list('starts', 1) ?? []
  const ends = list('ends', 2) ?? []
  const axes = list('axes', 3) ?? starts.map((_, axis) => axis)
  const steps = list('steps', 4) ?? []
  return starts.map((start, index) => ({
    axis: normalizeAxis(axes[index] ?? index, rank),
    start,
    end: ends[index] ?? Infinity,
    step: steps[index] ?? 1,
  }))
}

/** The shape without the given axes of size 1 (default: all of them). */
export function squeezeShape(shape: Shape, axes: readonly number[] | undefined): Dim[] {
  const removed = new Set(axes?.map((axis) => normalizeAxis(axis, shape.length)))
  return shape.filter((dim, axis) => (axes ? !removed.has(axis) : dim !== 1))
}

/** The shape with axes of size 1 at the given places of the result. */
export function unsqueezeShape(shape: Shape, axes: readonly number[]): Dim[] {
  const rank = shape.length + axes.length
  const added = new Set(axes.map((axis) => normalizeAxis(axis, rank)))
  const rest = [...shape]
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() as Dim)))
}

const floatTypes = new Set<number>([
  dataTypes.float32,
  dataTypes.float64,
  dataTypes.float16,
  dataTypes.bfloat16,
])

/** True for ONNX element types that are floats. */
export function isFloatType(type: number): boolean {
  return floatTypes.has(type)
}

/** A constant tensor as another element type. */
export function castConstant(x: ConstantTensor, to: number): ConstantTensor {
  if (isFloatType(to))
    return x.type === 'float' ? x : { ...x, type: 'float', data: Float32Array.from(numbersIn(x.data)) }
  if (to === dataTypes.bool) {
    return constantLike(
      { ...x, type: 'boolean' },
      Array.from(numbersIn(x.data), (item) => (item === 0 ? 0 : 1)),
      x.shape,
    )
  }
  const data = x.type === 'float' ? Array.from(numbersIn(x.data), Math.trunc) : x.data
  return { ...x, type: 'integer', data }
}
