import {
  integersOf,
  constantFloats,
  constantIntegers,
  type ConstantTensor,
} from '../../constant/constant-tensor.ts'
import { unsupported } from '../../problems.ts'
import type { NodeCall, OperatorImporter } from '../node-call.ts'
import { decodeTensor } from '../tensor-proto.ts'
import { computedSize } from '../../weights/limits.ts'

/** A constant may be a tensor or, since operator set 12, plain numbers. */
function read({ attributes }: NodeCall): ConstantTensor {
  const value = attributes.tensor('value')
  if (value) return decodeTensor(value, () => undefined)
  if (attributes.has('value_float'))
    return constantFloats(Float32Array.of(attributes.float('value_float', 0)), [])
  if (attributes.has('value_int')) return constantIntegers([attributes.integer('value_int', 0)], [])
  const floats = attributes.floats('value_floats')
  if (floats) return constantFloats(Float32Array.from(floats), [floats.length])
  const integers = attributes.integers('value_ints')
  if (integers) return constantIntegers(integers)
  throw unsupported('a constant that is neither a tensor nor a number')
}

const constantOfShape: OperatorImporter = (call) => {
  const shape = integersOf(call.constant(0))
  const value = call.attributes.tensor('value')
  const known = value ? decodeTensor(value, () => undefined) : constantFloats(Float32Array.of(0), [1])
  const item = known.data[0] as number
  const filled = Array.from({ length: computedSize(shape, `'${call.name}'`) }, () => item)
  return [
    { ...known, shape, data: known.type === 'float' ? Float32Array.from(filled) : filled, isTrained: false },
  ]
}

/** ConstantTensor values. */
export const constantOperators: Readonly<Record<string, OperatorImporter>> = {
  Constant: (call) => [read(call)],
  ConstantOfShape: constantOfShape,
}
