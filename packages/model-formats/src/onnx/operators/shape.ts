import { divideDim, fixedDim, normalizeAxis, sizeOf, type Dim, type Shape, type Value } from '@saliency/core'
import { integersOf, knownIntegers } from '../../constant/known.ts'
import { invalid, unsupported } from '../../problems.ts'
import type { NodeCall, OperatorImporter } from '../node-call.ts'
import { axesOf, sliceRanges, squeezeShape, unsqueezeShape } from '../shape-arguments.ts'

/** The shape of an input, whether it is known or computed. */
const shapeOf = ({ inputs }: NodeCall): Shape => inputs[0]?.shape ?? []

/** Part of a shape since operator set 15. */
const shape: OperatorImporter = (call) => {
  const dims = shapeOf(call)
  const end = call.attributes.has('end') ? call.attributes.integer('end', 0) : dims.length
  return [knownIntegers(dims.slice(call.attributes.integer('start', 0), end))]
}

const size: OperatorImporter = (call) => [knownIntegers([sizeOf(shapeOf(call))], [])]

/**
 * The sizes a Reshape asks for: 0 copies, −1 is worked out. A file exported for a fixed batch has that number baked in
 * where the batch belongs; the first size then becomes the batch again.
 */
function targetShape(call: NodeCall, x: Value): Shape {
  const target = Array.from(call.known(1).data as ArrayLike<Dim>)
  const copies = call.attributes.integer('allowzero', 0) === 0
  const sizes = target.map((dim, axis) => (dim === 0 && copies ? (x.shape[axis] as Dim) : dim))
  const total = sizeOf(x.shape)
  const open = sizes.indexOf(-1)
  const known = sizeOf(sizes.filter((_, axis) => axis !== open))
  if (open > 0 && typeof total === 'string' && typeof known === 'number' && typeof sizes[0] === 'number') {
    const first = sizes[0]
    sizes[0] = 'n'
    if (first !== 1)
      throw unsupported(`it is exported for batches of ${first}; export it for a batch of 1 or of any size`)
  }
  if (open >= 0) {
    const rest = divideDim(total, sizeOf(sizes.filter((_, axis) => axis !== open)))
    if (rest === undefined)
      throw invalid(`'${call.name}' reshapes ${total} values to [${target.join(', ')}].`)
    sizes[open] = rest
  } else if (typeof total === 'string' && typeof known === 'number' && sizes[0] === 1) {
    sizes[0] = 'n'
  }
  return sizes
}

const reshape: OperatorImporter = (call) => {
  const x = call.value(0)
  return [call.ops.reshape(x, targetShape(call, x))]
}

const flatten: OperatorImporter = (call) => {
  const x = call.value(0)
  const axis = call.attributes.integer('axis', 1)
  return [call.ops.flatten(x, axis < 0 ? axis + x.shape.length : axis)]
}

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

const squeeze: OperatorImporter = (call) => {
  const x = call.value(0)
  return [call.ops.reshape(x, squeezeShape(x.shape, axesOf(call)))]
}

const unsqueeze: OperatorImporter = (call) => {
  const x = call.value(0)
  return [call.ops.reshape(x, unsqueezeShape(x.shape, axesOf(call) ?? []))]
}

const expand: OperatorImporter = (call) => {
  const target = Array.from(call.known(1).data as ArrayLike<Dim>)
  return [call.ops.expand(call.value(0), target)]
}

const concat: OperatorImporter = (call) => {
  const values = call.inputs.map((_, index) => call.value(index))
  return [call.ops.concat(values, call.attributes.integer('axis', 1))]
}

/** Axes that are kept whole are left out, since the batch has no length to cut. */
const slice: OperatorImporter = (call) => {
  const x = call.value(0)
  const cut = sliceRanges(call, x.shape.length).filter(({ axis, start, end, step }) => {
    const dim = x.shape[axis] as Dim
    const isWhole = start === 0 && step === 1 && (typeof dim === 'number' ? end >= dim : end > 2 ** 30)
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
    ? integersOf(call.known(1))
    : (call.attributes.integers('split') ??
      Array.from({ length: count }, (_, index) => Math.min(equal, total - index * equal)))
  let start = 0
  return sizes.map((length) => {
    const part = call.ops.slice(x, { axes: [axis], starts: [start], ends: [start + length] })
    start += length
    return part
  })
}

const gather: OperatorImporter = (call) => {
  const x = call.value(0)
  const indices = call.known(1)
  const axis = normalizeAxis(call.attributes.integer('axis', 0), x.shape.length)
  const length = fixedDim(x.shape[axis], 'An indexed axis')
  const picked = integersOf(indices).map((index) => (index < 0 ? index + length : index))
  if (picked.some((index) => index < 0 || index >= length))
    throw invalid(`'${call.name}' reads outside the ${length} items of its axis.`)
  const gathered = call.ops.gather(x, axis, picked)
  if (indices.shape.length === 1) return [gathered]
  return [
    call.ops.reshape(gathered, [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)]),
  ]
}

/** Operators that move values, and those that read shapes. */
export const shapeOperators: Readonly<Record<string, OperatorImporter>> = {
  Shape: shape,
  Size: size,
  Reshape: reshape,
  Flatten: flatten,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
  Concat: concat,
  Slice: slice,
  Split: split,
  Gather: gather,
}
