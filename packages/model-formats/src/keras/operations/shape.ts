import { fixedDim, type Ops, type Pair, type Value } from '@saliency/core'
import { fromSourceOrder, inSourceOrder, like, asSourceValue, type SourceValue } from '../../source-value.ts'
import { unsupported } from '../../problems.ts'
import type { ConfigReader } from '../config-reader.ts'
import { concatenateAlong } from '../layers/merge.ts'
import { reshapeTo } from '../layers/shape.ts'
import type { Operation, OperationCall } from './operation.ts'
import { axesOf } from './reduction.ts'

/** Sizes behind the batch, in the source's order. */
function sizesOf({ value, axes }: SourceValue): number[] {
  return axes.slice(1).map((axis) => fixedDim(value.shape[axis], 'A size'))
}

/** A target shape whose first entry, the batch, must stay as it is. */
function sizesIn(config: ConfigReader, name: string, total: number): number[] {
  const [batch, ...sizes] = config.numbers(name)
  const open = sizes.includes(-1)
  const product = sizes.reduce((size, dim) => (dim === -1 ? size : size * dim), 1)
  if (batch !== -1 || open || product !== total)
    throw unsupported(`it brings the batch into the shape [${[batch, ...sizes].join(', ')}]`)
  return sizes
}

const reshape: Operation = {
  parameters: ['x', 'newshape'],
  build({ arguments: { sourceValue, config }, ops }) {
    const x = sourceValue('x')
    const total = sizesOf(x).reduce((product, size) => product * size, 1)
    return reshapeTo(x, sizesIn(config, 'newshape', total), ops)
  },
}

const squeeze: Operation = {
  parameters: ['x', 'axis'],
  build({ arguments: { sourceValue, config }, ops }) {
    const x = sourceValue('x')
    const sizes = sizesOf(x)
    const listed = config.has('axis')
      ? axesOf(x, config)
      : sizes.flatMap((size, axis) => (size === 1 ? [axis + 1] : []))
    if (listed.some((axis) => sizes[axis - 1] !== 1))
      throw unsupported('it removes an axis that is longer than 1')
    return reshapeTo(
      x,
      sizes.filter((_, axis) => !listed.includes(axis + 1)),
      ops,
    )
  },
}

const expandDims: Operation = {
  parameters: ['x', 'axis'],
  build({ arguments: { sourceValue, config }, ops }) {
    const x = sourceValue('x')
    const rank = x.axes.length + 1
    const listed = config.numbers('axis').map((axis) => (axis < 0 ? axis + rank : axis))
    const sizes = sizesOf(x)
    for (const axis of listed.toSorted((a, b) => a - b)) {
      if (axis <= 0 || axis > sizes.length + 1) throw unsupported(`a new axis at ${axis}`)
      sizes.splice(axis - 1, 0, 1)
    }
    return reshapeTo(x, sizes, ops)
  },
}

const transpose: Operation = {
  parameters: ['x', 'axes'],
  build({ arguments: { sourceValue, config }, ops }) {
    const axes = config.numbers('axes')
    if (axes[0] !== 0) throw unsupported('it moves the batch')
    return fromSourceOrder(ops.transpose(inSourceOrder(sourceValue('x'), ops), axes), ops)
  },
}

const concat: Operation = {
  parameters: ['xs', 'axis'],
  build: ({ arguments: { list, config }, ops }) =>
    concatenateAlong(list('xs'), config.number('axis', 0), ops),
}

const stack: Operation = {
  parameters: ['x', 'axis'],
  build({ arguments: { list, config }, ops }) {
    const values = list('x').map((item) => inSourceOrder(item, ops))
    const rank = (values[0]?.shape.length ?? 0) + 1
    const axis = config.number('axis', 0) < 0 ? config.number('axis', 0) + rank : config.number('axis', 0)
    if (axis === 0) throw unsupported('it stacks along the batch')
    const grown = values.map((value) =>
      ops.reshape(value, [...value.shape.slice(0, axis), 1, ...value.shape.slice(axis)]),
    )
    return fromSourceOrder(ops.concat(grown, axis), ops)
  },
}

/** A part of an axis of the source. */
function cut(x: SourceValue, axis: number, [start, end]: Pair, ops: Ops): SourceValue {
  const target = x.axes[axis] as number
  return like(x, ops.slice(x.value, { axes: [target], starts: [start], ends: [end] }))
}

/** Equal parts, or parts that start where `bounds` says. */
function parts(
  { arguments: { sourceValue, config }, ops }: OperationCall,
  bounds: (size: number) => number[],
): SourceValue[] {
  const given = sourceValue('x')
  const x = given.flattened ? asSourceValue(inSourceOrder(given, ops)) : given
  const [axis = 0] = axesOf(x, config)
  const size = fixedDim(x.value.shape[x.axes[axis] as number], 'The axis that is split')
  const starts = [0, ...bounds(size)]
  return starts.map((start, index) => cut(x, axis, [start, starts[index + 1] ?? size], ops))
}

function equalParts(size: number, count: number): number[] {
  if (size % count !== 0) throw unsupported(`${size} in ${count} equal parts`)
  return Array.from({ length: count - 1 }, (_, index) => ((index + 1) * size) / count)
}

/** By a count of parts, or by where they start. */
const split: Operation = {
  parameters: ['x', 'indices_or_sections', 'axis'],
  build(call) {
    const { config } = call.arguments
    const given = config.raw('indices_or_sections')
    return parts(call, (size) =>
      typeof given === 'number' ? equalParts(size, given) : [...config.numbers('indices_or_sections')],
    )
  },
}

/** TensorFlow's: by a count of parts, or by their sizes. */
const splitSizes: Operation = {
  parameters: ['x', 'num_or_size_splits', 'axis'],
  build(call) {
    const { config } = call.arguments
    const given = config.raw('num_or_size_splits')
    return parts(call, (size) => {
      if (typeof given === 'number') return equalParts(size, given)
      let start = 0
      return config
        .numbers('num_or_size_splits')
        .slice(0, -1)
        .map((length) => (start += length))
    })
  },
}

const modes: Readonly<Record<string, 'constant' | 'reflect'>> = { constant: 'constant', reflect: 'reflect' }

const pad: Operation = {
  parameters: ['x', 'pad_width', 'mode', 'constant_values'],
  build({ arguments: { sourceValue, config }, ops }) {
    const given = sourceValue('x')
    const x = given.flattened ? asSourceValue(inSourceOrder(given, ops)) : given
    const mode = modes[config.string('mode', 'constant').toLowerCase()]
    if (!mode) throw unsupported(`padding of the mode '${config.string('mode', '')}'`)
    const widths = config.raw('pad_width') as Pair[]
    const isWhole =
      Array.isArray(widths) && widths.length === x.axes.length && widths.every((pair) => pair.length === 2)
    if (!isWhole) throw unsupported(`the margins ${JSON.stringify(widths)}`)
    if (widths[0]?.some((width) => width !== 0)) throw unsupported('it pads the batch')
    const pads = x.axes.map((_, axis) => widths[x.axes.indexOf(axis)] as Pair)
    return like(x, ops.pad(x.value, { pads, mode, value: config.number('constant_values', 0) }))
  },
}

interface Slice {
  readonly start: number | null
  readonly stop: number | null
  readonly step: number | null
}

/** `x[:, 1:, ..., ::-1, 0]`: an entry for each axis, with what an ellipsis stands for filled in. */
function keyOf(value: unknown, rank: number): readonly (number | null | Slice)[] {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  const isEllipsis = (item: unknown) =>
    (item as { class_name?: unknown } | null)?.class_name === '__ellipsis__'
  const full: Slice = { start: null, stop: null, step: null }
  const given = list.filter((item) => item !== null && !isEllipsis(item)).length
  const filled = Array.from({ length: rank - given }, () => full)
  const open = list.some(isEllipsis)
  const key = list.flatMap((item) => (isEllipsis(item) ? filled : [item]))
  return [...key, ...(open ? [] : filled)].map((item) => {
    if (item === null || typeof item === 'number') return item
    const slice = ((item as { config?: unknown }).config ?? item) as Partial<Slice>
    const isNumber = (bound: unknown) => bound === null || bound === undefined || Number.isInteger(bound)
    if (![slice.start, slice.stop, slice.step].every(isNumber))
      throw unsupported(`it is indexed by ${JSON.stringify(item)}`)
    return { start: slice.start ?? null, stop: slice.stop ?? null, step: slice.step ?? null }
  })
}

/** One axis cut as Python does; backwards where the step is negative. */
function sliced(value: Value, axis: number, { start, stop, step }: Slice, ops: Ops): Value {
  if (start === null && stop === null && (step === null || step === 1)) return value
  const size = fixedDim(value.shape[axis], 'The axis that is indexed')
  const by = step ?? 1
  const within = (bound: number, low: number, high: number) =>
    Math.min(Math.max(bound < 0 ? bound + size : bound, low), high)
  if (by > 0) {
    const [from, to] = [within(start ?? 0, 0, size), within(stop ?? size, 0, size)]
    return ops.slice(value, { axes: [axis], starts: [from], ends: [to], steps: [by] })
  }
  const from = within(start ?? size - 1, -1, size - 1)
  const to = stop === null ? -1 : within(stop, -1, size - 1)
  const indices: number[] = []
  for (let index = from; index > to; index += by) indices.push(index)
  return ops.gather(value, axis, indices)
}

const getItem: Operation = {
  parameters: ['x', 'key'],
  build({ arguments: { sourceValue, config }, ops }) {
    const given = sourceValue('x')
    const x = given.flattened ? asSourceValue(inSourceOrder(given, ops)) : given
    const key = keyOf(config.raw('key'), x.axes.length)
    const axes = key.filter((item) => item !== null)
    const [batch] = axes
    if (key[0] === null || typeof batch !== 'object' || batch?.start || batch?.stop !== null)
      throw unsupported('it is indexed along the batch')
    let { value } = x
    for (const [index, item] of axes.entries()) {
      const slice =
        typeof item === 'number'
          ? { start: item, stop: item === -1 ? null : item + 1, step: null }
          : (item as Slice)
      value = sliced(value, x.axes[index] as number, slice, ops)
    }
    const cutOut = like(x, value)
    if (axes.length === key.length && axes.every((item) => typeof item === 'object')) return cutOut
    // A number takes its axis away, and None adds one.
    const sizes = sizesOf(cutOut)
    let axis = -1
    const left = key.slice(1).flatMap((item) => {
      if (item === null) return [1]
      axis++
      return typeof item === 'number' ? [] : [sizes[axis] as number]
    })
    return reshapeTo(cutOut, left, ops)
  },
}

/** Operations that move values, by Keras 3's names. */
export const shapeOperations: Readonly<Record<string, Operation>> = {
  Reshape: reshape,
  Squeeze: squeeze,
  ExpandDims: expandDims,
  Transpose: transpose,
  Concatenate: concat,
  Stack: stack,
  Split: split,
  SplitSizes: splitSizes,
  Pad: pad,
  GetItem: getItem,
}
