import { divideDim, fixedDim, normalizeAxis, sizeOf, type Dim, type Pair, type Shape } from '@saliency/core'
import type { SliceRange } from '../../constant/arrange.ts'
import { integersOf, constantIntegers } from '../../constant/constant-tensor.ts'
import {
  channelsLast,
  flattenSource,
  fromSourceOrder,
  inSourceOrder,
  layAs,
  like,
  asSourceValue,
  type SourceValue,
} from '../../source-value.ts'
import { invalid, unsupported } from '../../problems.ts'
import {
  isConstantEntry,
  single,
  type GraphCall,
  type GraphEntry,
  type GraphImporter,
} from '../graph-call.ts'
import { stridedRanges } from './strided-slice.ts'

/** The shape as the source sees it. */
function sourceShape(entry: GraphEntry): Shape {
  return isConstantEntry(entry) ? entry.shape : entry.axes.map((axis) => entry.value.shape[axis] as Dim)
}

/** To a shape in the source's order; flattening an image and putting height and width of 1 around a vector move nothing. */
function reshapeTo(x: SourceValue, shape: Shape, call: GraphCall): SourceValue {
  const { ops } = call
  const source = sourceShape(x)
  const isVector = (dims: Shape) => dims.length === 2 || (dims.length === 4 && dims[1] === 1 && dims[2] === 1)
  if (shape.length === 2 && shape[0] === 'n') return flattenSource(x, ops)
  if (
    !x.flattened &&
    isVector(source) &&
    isVector(shape) &&
    shape[0] === 'n' &&
    shape.at(-1) === source.at(-1)
  ) {
    return asSourceValue(ops.reshape(x.value, ['n', shape.at(-1) as Dim, 1, 1]))
  }
  return fromSourceOrder(ops.reshape(inSourceOrder(x, ops), shape), ops)
}

/** A batch of one is how converters write the batch where it was fixed. */
function targetShape(x: SourceValue, target: readonly Dim[]): Shape {
  const total = sizeOf(x.value.shape)
  const sizes = [...target]
  const rest = sizeOf(sizes.slice(1).filter((dim) => dim !== -1))
  const isOpen = sizes.slice(1).includes(-1)
  if (sizes[0] === 1 && (isOpen || divideDim(total, rest) === 'n')) sizes[0] = 'n'
  const open = sizes.indexOf(-1)
  if (open < 0) return sizes
  const dim = divideDim(total, sizeOf(sizes.filter((_, axis) => axis !== open)))
  if (dim === undefined) throw invalid(`${total} values are reshaped to [${target.join(', ')}].`)
  sizes[open] = dim
  return sizes
}

const reshape = single((call) => {
  const x = call.sourceValue(0)
  return reshapeTo(x, targetShape(x, Array.from(call.constant(1).data as ArrayLike<Dim>)), call)
})

const squeeze = single((call) => {
  const x = call.sourceValue(0)
  const source = sourceShape(x)
  const names = ['squeeze_dims', 'axis'].flatMap((name) => call.attributes.integers(name))
  const removed = new Set(names.map((axis) => normalizeAxis(axis, source.length)))
  const isRemoved = (dim: Dim, axis: number) => (removed.size > 0 ? removed.has(axis) : dim === 1)
  return reshapeTo(
    x,
    source.filter((dim, axis) => !isRemoved(dim, axis)),
    call,
  )
})

const expandDims = single((call) => {
  const x = call.sourceValue(0)
  const source = [...sourceShape(x)]
  source.splice(normalizeAxis(integersOf(call.constant(1))[0] ?? 0, source.length + 1), 0, 1)
  return reshapeTo(x, source, call)
})

const transpose = single((call) => {
  const { ops } = call
  return fromSourceOrder(
    ops.transpose(inSourceOrder(call.sourceValue(0), ops), integersOf(call.constant(1))),
    ops,
  )
})

/** The axis is the last input, or the first in old files. */
function concat(call: GraphCall, axisAt: number): SourceValue {
  const { ops } = call
  const axis = integersOf(call.constant(axisAt))[0] ?? -1
  const parts = call.inputs
    .filter((_, index) => index !== axisAt)
    .map((_, index) => call.sourceValue(axisAt === 0 ? index + 1 : index))
  const isAlike = parts.every(({ axes, flattened }) => !flattened && axes.join() === parts[0]?.axes.join())
  const moved = isAlike ? parts : parts.map((item) => fromSourceOrder(inSourceOrder(item, ops), ops))
  const [first] = moved
  if (!first) throw invalid('A concatenation has no inputs.')
  const values = moved.map(({ value }) => value)
  return like(first, ops.concat(values, first.axes[normalizeAxis(axis, first.axes.length)] as number))
}

/** `[before, after]` for each source axis. */
function pad(call: GraphCall, mode: 'constant' | 'reflect', value: number): SourceValue {
  const x = call.sourceValue(0)
  const list = integersOf(call.constant(1))
  const pads: Pair[] = x.axes.map((_, axis) => {
    const source = x.axes.indexOf(axis)
    return [list[source * 2] ?? 0, list[source * 2 + 1] ?? 0]
  })
  return like(x, call.ops.pad(x.value, { pads, mode, value }))
}

function mirrorPad(call: GraphCall): SourceValue {
  const mode = call.attributes.text('mode', 'REFLECT')
  if (mode !== 'REFLECT') throw unsupported(`mode '${mode}'`)
  return pad(call, 'reflect', 0)
}

/** Cuts source axes; those kept whole are left out, since the batch has no length. */
function cut(call: GraphCall, x: SourceValue, ranges: readonly SliceRange[]): SourceValue {
  if (x.flattened) throw unsupported('a cut through a flattened image')
  const source = sourceShape(x)
  const real = ranges.filter(({ axis, start, end, step }) => {
    const dim = source[axis] as Dim
    return !(start === 0 && step === 1 && (typeof dim === 'string' ? end === Infinity : end >= dim))
  })
  if (real.length === 0) return x
  const lengths = real.map(({ axis }) => fixedDim(source[axis], 'A sliced axis'))
  return like(
    x,
    call.ops.slice(x.value, {
      axes: real.map(({ axis }) => x.axes[axis] as number),
      starts: real.map(({ start }) => start),
      ends: real.map(({ end }, index) => Math.min(end, lengths[index] as number)),
      steps: real.map(({ step }) => step),
    }),
  )
}

const stridedSlice = single((call) => {
  const x = call.sourceValue(0)
  const { ranges, removed } = stridedRanges(call, x.axes.length)
  const part = cut(call, x, ranges)
  return removed.size === 0
    ? part
    : reshapeTo(
        part,
        sourceShape(part).filter((_, axis) => !removed.has(axis)),
        call,
      )
})

const slice = single((call) => {
  const x = call.sourceValue(0)
  const [starts, sizes] = [integersOf(call.constant(1)), integersOf(call.constant(2))]
  const ranges = starts.map((start, axis) => {
    const size = sizes[axis] ?? -1
    return { axis, start, end: size === -1 ? Infinity : start + size, step: 1 }
  })
  return cut(call, x, ranges)
})

/** Equal parts; the axis is the first input. */
const split: GraphImporter = (call) => {
  const x = call.sourceValue(1)
  const axis = normalizeAxis(integersOf(call.constant(0))[0] ?? 0, x.axes.length)
  const count = call.attributes.integer('num_split', call.outputCount)
  const length = fixedDim(sourceShape(x)[axis], 'A split axis') / count
  return Array.from({ length: count }, (_, index) =>
    cut(call, x, [{ axis, start: index * length, end: (index + 1) * length, step: 1 }]),
  )
}

function resize(call: GraphCall, mode: 'linear' | 'nearest'): SourceValue {
  const { attributes, ops } = call
  const { value } = layAs(call.sourceValue(0), channelsLast, ops)
  const [height = 1, width = 1] = integersOf(call.constant(1))
  const isAligned = attributes.boolean('align_corners', false)
  const isHalf = attributes.boolean('half_pixel_centers', false)
  if (mode === 'linear') {
    const coordinates = isAligned ? 'align_corners' : isHalf ? 'half_pixel' : 'asymmetric'
    return asSourceValue(ops.resize(value, [height, width], { mode, coordinates }))
  }
  const isWhole = height % Number(value.shape[2]) === 0 && width % Number(value.shape[3]) === 0
  if (isAligned || (isHalf && !isWhole))
    throw unsupported('nearest-neighbour resizing by a factor that is not whole')
  return asSourceValue(ops.resize(value, [height, width], { mode, coordinates: 'asymmetric' }))
}

/** Nodes that move values, and those that read shapes. */
export const shapeNodes: Readonly<Record<string, GraphImporter>> = {
  Shape: single((call) => constantIntegers(sourceShape(call.inputs[0] as GraphEntry))),
  Reshape: reshape,
  Squeeze: squeeze,
  ExpandDims: expandDims,
  Transpose: transpose,
  Concat: single((call) => concat(call, 0)),
  ConcatV2: single((call) => concat(call, call.inputs.length - 1)),
  Pad: single((call) => pad(call, 'constant', 0)),
  PadV2: single((call) => pad(call, 'constant', Number(call.constant(2).data[0]))),
  MirrorPad: single(mirrorPad),
  StridedSlice: stridedSlice,
  Slice: slice,
  Split: split,
  ResizeBilinear: single((call) => resize(call, 'linear')),
  ResizeNearestNeighbor: single((call) => resize(call, 'nearest')),
}
