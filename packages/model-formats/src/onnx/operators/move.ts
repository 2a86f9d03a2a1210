import { counted, fixedDim, normalizeAxis, type Dim, type Value } from '@saliency/core'
import { factorOf } from '../../batch/batch-place.ts'
import { triangle } from '../../constant/along-axes.ts'
import { integersOf, constantFloats } from '../../constant/constant-tensor.ts'
import { invalid, unsupported } from '../../problems.ts'
import type { NodeCall, OperatorImporter } from '../node-call.ts'
import { sliceRanges } from '../shape-arguments.ts'

/** Two transpositions that undo each other, as converters put around every layer, are left out. */
const transpose: OperatorImporter = (call) => {
  const x = call.value(0)
  const perm = call.attributes.integers('perm') ?? x.shape.map((_, axis) => axis).toReversed()
  const { node } = x
  if (node.op === 'Transpose') {
    const inner = (node.attributes as { perm: readonly number[] }).perm
    const both = perm.map((axis) => inner[axis] as number)
    const source = node.inputs[0] as Value
    return [both.every((axis, index) => axis === index) ? source : call.ops.transpose(source, both)]
  }
  return [call.ops.transpose(x, perm)]
}

/** The axis that holds the batch keeps it, since a file repeats the one image that it is read for once. */
const expand: OperatorImporter = (call) => {
  const x = call.value(0)
  const target = call.sizes(1)
  const rank = Math.max(x.shape.length, target.length)
  const own = (axis: number) => x.shape[axis - rank + x.shape.length] ?? 1
  const sizes = Array.from({ length: rank }, (_, axis): Dim => {
    const [dim, size] = [own(axis), factorOf(target[axis - rank + target.length] ?? 1)]
    return typeof dim === 'string' && (size === 1 || size === factorOf(dim)) ? dim : size
  })
  return [call.ops.expand(x, sizes)]
}

const concat: OperatorImporter = (call) => [
  call.ops.concat(call.operands({ isJoined: true }), call.attributes.integer('axis', 1)),
]

/** Axes that are kept whole are left out; the batch, of which a file that is read for one image has one, always is. */
const slice: OperatorImporter = (call) => {
  const x = call.value(0)
  const cut = sliceRanges(call, x.shape.length).filter(({ axis, start, end, step }) => {
    const dim = x.shape[axis] as Dim
    const isWhole = start === 0 && step === 1 && end >= factorOf(dim)
    if (!isWhole && typeof dim !== 'number') throw unsupported('it cuts the batch')
    return !isWhole
  })
  if (cut.length === 0) return [x]
  const lengths = cut.map(({ axis }) => fixedDim(x.shape[axis], 'A sliced axis'))
  const clamp = (position: number, index: number) =>
    Math.max(Math.min(position, lengths[index] as number), -(lengths[index] as number) - 1)
  return [
    call.ops.slice(x, {
      axes: cut.map(({ axis }) => axis),
      starts: cut.map(({ start }, index) => clamp(start, index)),
      ends: cut.map(({ end }, index) => clamp(end, index)),
      steps: cut.map(({ step }) => step),
    }),
  ]
}

/** Parts of given or equal sizes; the last equal part may be smaller. */
const split: OperatorImporter = (call) => {
  const x = call.value(0)
  const axis = normalizeAxis(call.attributes.integer('axis', 0), x.shape.length)
  const total = fixedDim(x.shape[axis], 'A split axis')
  const count = call.outputCount
  const equal = Math.ceil(total / count)
  const sizes = call.has(1)
    ? integersOf(call.constant(1))
    : (call.attributes.integers('split') ??
      Array.from({ length: count }, (_, index) => Math.min(equal, total - index * equal)))
  let start = 0
  return sizes.map((length) => {
    const part = call.ops.slice(x, { axes: [axis], starts: [start], ends: [start + length] })
    start += length
    return part
  })
}

/** `x` with the items of each image on an axis of their own where the batch lies on the axis that is indexed. */
function apart(call: NodeCall, x: Value, axis: number): { source: Value; at: number } {
  const place = call.batchOf(x)
  if (place?.axis !== axis) return { source: x, at: axis }
  if (place.before !== 1) throw unsupported('it indexes the batch')
  const size = factorOf(x.shape[axis] as Dim)
  return {
    source: call.ops.reshape(x, [...x.shape.slice(0, axis), 'n', size, ...x.shape.slice(axis + 1)]),
    at: axis + 1,
  }
}

/** Indices into a whole axis, each in its place, move nothing: torch writes a strided view so. */
const gather: OperatorImporter = (call) => {
  const x = call.value(0)
  const indices = call.constant(1)
  const axis = normalizeAxis(call.attributes.integer('axis', 0), x.shape.length)
  const { source, at } = apart(call, x, axis)
  const length = fixedDim(source.shape[at], 'An indexed axis')
  const picked = integersOf(indices).map((index) => (index < 0 ? index + length : index))
  if (picked.some((index) => index < 0 || index >= length))
    throw invalid(`'${call.name}' reads outside the ${counted(length, 'item')} of its axis.`)
  const isWhole = picked.length === length && picked.every((index, place) => index === place)
  const gathered = isWhole ? source : call.ops.gather(source, at, picked)
  if (source === x && indices.shape.length === 1) return [gathered]
  return [call.reshaped(gathered, [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)])]
}

/** The value several times over along each axis; the one image that a file is read for once. */
const tile: OperatorImporter = (call) => {
  const repeats = integersOf(call.constant(1))
  const tiled = repeats.reduce(
    (x, count, axis) =>
      count === 1
        ? x
        : call.ops.concat(
            Array.from({ length: count }, () => x),
            axis,
          ),
    call.value(0),
  )
  return [tiled]
}

/** What lies on one side of a diagonal of the last two axes; 0 elsewhere. */
const trilu: OperatorImporter = (call) => {
  const x = call.value(0)
  const [rows, columns] = x.shape.slice(-2).map((dim) => fixedDim(dim, 'A side')) as [number, number]
  const ones = constantFloats(new Float32Array(rows * columns).fill(1), [rows, columns])
  const diagonal = call.has(1) ? (integersOf(call.constant(1))[0] ?? 0) : 0
  const mask = triangle(ones, diagonal, call.attributes.integer('upper', 1) !== 0)
  return [call.ops.mul(x, call.withInputs([mask]).value(0))]
}

/** Operators that move values. */
export const moveOperators: Readonly<Record<string, OperatorImporter>> = {
  Transpose: transpose,
  Expand: expand,
  Concat: concat,
  Slice: slice,
  Split: split,
  Gather: gather,
  Tile: tile,
  Trilu: trilu,
}
