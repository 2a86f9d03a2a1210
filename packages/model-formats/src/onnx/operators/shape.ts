import { sizeOf, type Dim, type Shape, type Value } from '@saliency/core'
import { factorOf } from '../../batch/batch-place.ts'
import { constantIntegers } from '../../constant/constant-tensor.ts'
import { invalid } from '../../problems.ts'
import type { NodeCall, OperatorImporter } from '../node-call.ts'
import { axesOf, squeezeShape, unsqueezeShape } from '../shape-arguments.ts'

/** The shape of an input, whether it is known or computed. */
const shapeOf = ({ inputs }: NodeCall): Shape => inputs[0]?.shape ?? []

/** Part of a shape since operator set 15. */
const shape: OperatorImporter = (call) => {
  const dims = shapeOf(call)
  const end = call.attributes.has('end') ? call.attributes.integer('end', 0) : dims.length
  return [constantIntegers(dims.slice(call.attributes.integer('start', 0), end))]
}

const size: OperatorImporter = (call) => [constantIntegers([sizeOf(shapeOf(call))], [])]

const product = (sizes: readonly Dim[]) => sizes.reduce<number>((size, dim) => size * factorOf(dim), 1)

/** The sizes a Reshape asks for: 0 copies, −1 is worked out for one image. */
function targetShape(call: NodeCall, x: Value): Shape {
  const target = call.sizes(1)
  const copies = call.attributes.integer('allowzero', 0) === 0
  const sizes = target.map((dim, axis) => (dim === 0 && copies ? (x.shape[axis] as Dim) : dim))
  const [total, open] = [product(x.shape), sizes.indexOf(-1)]
  const rest = total / product(sizes.filter((_, axis) => axis !== open))
  if (!Number.isInteger(rest) || (open < 0 && rest !== 1)) {
    throw invalid(`'${call.name}' reshapes ${total} values to [${target.join(', ')}].`)
  }
  return sizes.map((dim, axis) => (axis === open ? rest : dim))
}

const reshape: OperatorImporter = (call) => {
  const x = call.value(0)
  return [call.reshaped(x, targetShape(call, x))]
}

const flatten: OperatorImporter = (call) => {
  const x = call.value(0)
  const given = call.attributes.integer('axis', 1)
  const axis = given < 0 ? given + x.shape.length : given
  const place = call.batchOf(x)
  // The usual flattening, of what each image holds, is an operator that methods know.
  if (!place || (place.axis === 0 && axis === 1)) return [call.ops.flatten(x, axis)]
  return [call.reshaped(x, [product(x.shape.slice(0, axis)), product(x.shape.slice(axis))])]
}

const squeeze: OperatorImporter = (call) => {
  const x = call.value(0)
  const axes = axesOf(call) ?? x.shape.flatMap((dim, axis) => (factorOf(dim) === 1 ? [axis] : []))
  return [call.reshaped(x, squeezeShape(x.shape, axes))]
}

const unsqueeze: OperatorImporter = (call) => {
  const x = call.value(0)
  return [call.reshaped(x, unsqueezeShape(x.shape, axesOf(call) ?? []))]
}

/** Operators that read shapes, and those that give the same values another one. */
export const shapeOperators: Readonly<Record<string, OperatorImporter>> = {
  Shape: shape,
  Size: size,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
}
