import { counted } from '@saliency/core'
import type { Dim, Value } from '@saliency/core'
import { factorOf } from '../../batch/batch-place.ts'
import { gatherAt, scatterAt } from '../../constant/index-nd.ts'
import { integersOf, constantIntegers, type ConstantTensor } from '../../constant/constant-tensor.ts'
import { invalid, unsupported } from '../../problems.ts'
import { stridesOf } from '../../weights/permute.ts'
import type { NodeCall, OperatorImporter } from '../node-call.ts'

/** The places of a value for one image, numbered from `start`: what moves values moves their numbers alike. */
function numbered({ shape }: Value, start = 0): ConstantTensor {
  const sizes = shape.map(factorOf)
  const count = sizes.reduce((product, dim) => product * dim, 1)
  return constantIntegers(
    Array.from({ length: count }, (_, index) => start + index),
    sizes,
  )
}

/** All that each image holds in one row. */
function rowOf(call: NodeCall, x: Value): Value {
  const place = call.batchOf(x)
  if (place && (place.axis !== 0 || place.before !== 1)) throw unsupported('indices into a folded batch')
  const count = x.shape.reduce<number>((product, dim) => product * factorOf(dim), 1)
  return call.reshaped(x, place ? [x.shape[0] === 'n' ? 'n' : 1, count] : [1, count])
}

/** The places of rows that `numbers` name, in its shape. */
function picked(call: NodeCall, row: Value, numbers: ConstantTensor): Value {
  const shape: readonly Dim[] = numbers.shape
  return call.reshaped(call.ops.gather(row, 1, integersOf(numbers)), shape)
}

const gatherNd: OperatorImporter = (call) => {
  if (call.attributes.integer('batch_dims', 0) !== 0) throw unsupported('indices with batch axes')
  const x = call.value(0)
  return [picked(call, rowOf(call, x), gatherAt(numbered(x), call.constant(1)))]
}

/** Behind the places of the value lie those of the updates. */
const scatterNd: OperatorImporter = (call) => {
  if (call.attributes.text('reduction', 'none') !== 'none')
    throw unsupported('a reduction of what is replaced')
  const [x, , updates] = call.operands() as readonly [Value, Value, Value]
  const places = numbered(x)
  const numbers = scatterAt(places, call.constant(1), numbered(updates, places.data.length))
  const row = call.ops.concat([rowOf(call, x), rowOf(call, updates)], 1)
  return [picked(call, row, numbers)]
}

/** For each place of the result, an index along one axis. */
const gatherElements: OperatorImporter = (call) => {
  const x = call.value(0)
  const indices = call.constant(1)
  const places = numbered(x)
  const axis = call.attributes.integer('axis', 0)
  const at = axis < 0 ? axis + places.shape.length : axis
  const [own, strides] = [stridesOf(indices.shape), stridesOf(places.shape)]
  const numbers = integersOf(indices).map((index, position) =>
    places.shape.reduce((place, length, dim) => {
      const here =
        dim === at
          ? index < 0
            ? index + length
            : index
          : Math.floor(position / (own[dim] as number)) % (indices.shape[dim] as number)
      if (here < 0 || here >= length)
        throw invalid(`'${call.name}' reads outside the ${counted(length, 'item')} of its axis.`)
      return place + here * (strides[dim] as number)
    }, 0),
  )
  return [picked(call, rowOf(call, x), constantIntegers(numbers, indices.shape))]
}

/** Moves by tables of indices that are known while importing. */
export const indexOperators: Readonly<Record<string, OperatorImporter>> = {
  GatherND: gatherNd,
  GatherElements: gatherElements,
  ScatterND: scatterNd,
}
