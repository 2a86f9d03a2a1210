import { computedSize } from '../weights/limits.ts'
import type { Dim } from '@saliency/core'
import { combineConstant, mapConstant, unaryNames } from '../constant/arithmetic.ts'
import {
  concatConstant,
  gatherConstant,
  reshapeConstant,
  sliceConstant,
  transposeConstant,
} from '../constant/arrange.ts'
import { integersOf, constantLike, numbersIn, type ConstantTensor } from '../constant/constant-tensor.ts'
import { reduceConstant } from '../constant/reduce.ts'
import { isConstantEntry, type GraphCall } from './graph-call.ts'
import { stridedRanges } from './operators/strided-slice.ts'

/** TensorFlow's name of an operation between constant tensors → the name it has in the table of arithmetic. */
const binary: Readonly<Record<string, string>> = {
  Add: 'Add',
  AddV2: 'Add',
  BiasAdd: 'Add',
  Sub: 'Sub',
  Mul: 'Mul',
  RealDiv: 'Div',
  FloorDiv: 'Div',
  Maximum: 'Max',
  Minimum: 'Min',
}

type Evaluator = (
  call: GraphCall,
  inputs: readonly [ConstantTensor, ConstantTensor, ConstantTensor],
) => ConstantTensor

const axisOf = (known: ConstantTensor) => integersOf(known)[0] ?? 0

const evaluators: Readonly<Record<string, Evaluator>> = {
  Identity: (_, [x]) => x,
  Cast({ attributes }, [x]) {
    if (attributes.type('DstT') !== 'DT_FLOAT') return { ...x, type: 'integer', data: integersIfWhole(x) }
    return x.type === 'float' ? x : { ...x, type: 'float', data: Float32Array.from(numbersIn(x.data)) }
  },
  Reshape: (_, [x, target]) => reshapeConstant(x, integersOf(target)),
  ExpandDims(_, [x, axis]) {
    const at = axisOf(axis)
    const shape = [...x.shape]
    shape.splice(at < 0 ? at + shape.length + 1 : at, 0, 1)
    return { ...x, shape }
  },
  Squeeze: (_, [x]) => ({ ...x, shape: x.shape.filter((dim) => dim !== 1) }),
  Transpose: (_, [x, perm]) => transposeConstant(x, integersOf(perm)),
  ConcatV2: (_, inputs) => concatConstant(inputs.slice(0, -1), axisOf(inputs.at(-1) as ConstantTensor)),
  Pack({ attributes }, inputs) {
    const axis = attributes.integer('axis', 0)
    return concatConstant(
      inputs.map((x) => ({ ...x, shape: [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)] })),
      axis,
    )
  },
  Prod: (call, [x, axes]) =>
    reduceConstant('product', x, integersOf(axes), call.attributes.boolean('keep_dims', false)),
  GatherV2: (_, [x, indices]) => gatherConstant(x, indices, 0),
  StridedSlice(call, [x]) {
    const { ranges, removed } = stridedRanges(call, x.shape.length)
    const part = sliceConstant(x, ranges)
    return { ...part, shape: part.shape.filter((_, axis) => !removed.has(axis)) }
  },
  Fill: (_, [dims, value]) => {
    const shape = integersOf(dims)
    const size = computedSize(shape, 'A constant')
    return constantLike(
      value,
      Array.from({ length: size }, () => value.data[0] as Dim),
      shape,
    )
  },
}

function integersIfWhole({ type, data }: ConstantTensor): ArrayLike<Dim> {
  return type === 'float' ? Array.from(numbersIn(data), Math.trunc) : data
}

/** Nodes that exist only between constant tensors. */
export const constantNodes: readonly string[] = ['FloorDiv', 'Pack', 'Prod', 'GatherV2', 'Fill', 'Cast']

/** Evaluates a node whose inputs are all known; undefined where that does not apply. */
export function evaluateGraphNode(call: GraphCall): readonly ConstantTensor[] | undefined {
  if (call.inputs.length === 0 || !call.inputs.every(isConstantEntry)) return undefined
  const inputs = call.inputs as unknown as readonly [ConstantTensor, ConstantTensor, ConstantTensor]
  const name = binary[call.op]
  if (name) return [combineConstant(name, inputs[0], inputs[1])]
  if (unaryNames.has(call.op)) return [mapConstant(call.op, inputs[0])]
  const evaluator = evaluators[call.op]
  return evaluator && [evaluator(call, inputs)]
}
