import { counted, normalizeAxis, type Dim } from '@saliency/core'
import { invalid, unsupported } from '../problems.ts'
import { stridesOf } from '../weights/permute.ts'
import { checkedSize, computedSize } from '../weights/limits.ts'
import { constantLike, numbersIn, type ConstantTensor } from './constant-tensor.ts'

/** Collects the items at the positions a shape and a rule give. */
function collect(
  source: ConstantTensor,
  shape: readonly number[],
  from: (index: readonly number[]) => number,
): ConstantTensor {
  const size = computedSize(shape, 'A constant', source.data.length)
  const data: Dim[] = Array.from({ length: size })
  const index = shape.map(() => 0)
  for (let at = 0; at < size; at++) {
    data[at] = source.data[from(index)] as Dim
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1
      if ((index[axis] as number) < (shape[axis] as number)) break
      index[axis] = 0
    }
  }
  return constantLike(source, data, shape)
}

const dot = (index: readonly number[], strides: readonly number[]): number =>
  index.reduce((sum, item, axis) => sum + item * (strides[axis] as number), 0)

/** Reorders axes: axis `i` of the result is axis `order[i]` of the source. */
export function transposeConstant(source: ConstantTensor, order: readonly number[]): ConstantTensor {
  const strides = stridesOf(source.shape)
  const steps = order.map((axis) => strides[axis] ?? 0)
  return collect(
    source,
    order.map((axis) => source.shape[axis] ?? 1),
    (index) => dot(index, steps),
  )
}

/** The same items under another shape, with one −1 worked out and zeros copied from the source. */
export function reshapeConstant(source: ConstantTensor, target: readonly number[]): ConstantTensor {
  const filled = target.map((dim, axis) => (dim === 0 ? (source.shape[axis] ?? 0) : dim))
  const known = filled.reduce((product, dim) => (dim === -1 ? product : product * dim), 1)
  const shape = filled.map((dim) => (dim === -1 ? source.data.length / known : dim))
  if (checkedSize(shape, 'A reshaped constant') !== source.data.length) {
    throw invalid(
      `A constant of ${counted(source.data.length, 'value')} is reshaped to [${shape.join(', ')}].`,
    )
  }
  return { ...source, shape }
}

/** Picks indices along one axis; the indices' shape replaces the axis. */
export function gatherConstant(
  source: ConstantTensor,
  indices: ConstantTensor,
  axis: number,
): ConstantTensor {
  const at = normalizeAxis(axis, source.shape.length)
  const size = source.shape[at] ?? 0
  const picked = Array.from(numbersIn(indices.data), (index) => (index < 0 ? index + size : index))
  if (picked.some((index) => index >= size || index < 0))
    throw invalid(`An index into a constant is outside its ${counted(size, 'item')}.`)
  const strides = stridesOf(source.shape)
  const indexStrides = stridesOf(indices.shape)
  const rank = indices.shape.length
  const shape = [...source.shape.slice(0, at), ...indices.shape, ...source.shape.slice(at + 1)]
  return collect(source, shape, (index) => {
    const chosen = picked[dot(index.slice(at, at + rank), indexStrides)] as number
    return dot([...index.slice(0, at), chosen, ...index.slice(at + rank)], strides)
  })
}

/** Joins tensors along one axis. */
export function concatConstant(parts: readonly ConstantTensor[], axis: number): ConstantTensor {
  const [first] = parts
  if (!first) throw invalid('A concatenation has no inputs.')
  const at = normalizeAxis(axis, first.shape.length)
  const outer = first.shape.slice(0, at).reduce((product, dim) => product * dim, 1)
  const data: Dim[] = []
  for (let row = 0; row < outer; row++) {
    for (const part of parts) {
      const width = part.data.length / outer
      for (let index = 0; index < width; index++) data.push(part.data[row * width + index] as Dim)
    }
  }
  const total = parts.reduce((sum, part) => sum + (part.shape[at] ?? 0), 0)
  const isTrained = parts.some((part) => part.isTrained)
  return {
    ...constantLike(
      first,
      data,
      first.shape.map((dim, index) => (index === at ? total : dim)),
    ),
    isTrained,
  }
}

/** One axis of a slice, as ONNX gives it: negative positions count from the end, far ones are clamped. */
export interface SliceRange {
  readonly axis: number
  readonly start: number
  readonly end: number
  readonly step: number
}

/** Cuts a tensor along some axes. */
export function sliceConstant(source: ConstantTensor, ranges: readonly SliceRange[]): ConstantTensor {
  const starts = source.shape.map(() => 0)
  const steps = source.shape.map(() => 1)
  const shape = [...source.shape]
  for (const { axis, start, end, step } of ranges) {
    const at = normalizeAxis(axis, shape.length)
    const length = source.shape[at] ?? 0
    const clamp = (position: number, low: number, high: number) =>
      Math.min(Math.max(position < 0 ? position + length : position, low), high)
    if (step === 0) throw unsupported('a slice with step 0')
    const from = step > 0 ? clamp(start, 0, length) : clamp(start, 0, length - 1)
    const to = step > 0 ? clamp(end, 0, length) : clamp(end, -1, length - 1)
    starts[at] = from
    steps[at] = step
    shape[at] = Math.max(0, Math.ceil((to - from) / step))
  }
  const strides = stridesOf(source.shape)
  return collect(source, shape, (index) =>
    dot(
      index.map((item, axis) => (starts[axis] as number) + item * (steps[axis] as number)),
      strides,
    ),
  )
}
